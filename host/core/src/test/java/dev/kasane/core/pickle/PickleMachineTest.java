package dev.kasane.core.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.pickle.machine.Opcode;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.OpaqueObject;
import dev.kasane.core.pickle.values.PickledTensor;
import dev.kasane.core.pickle.values.PickledTuple;
import dev.kasane.core.pickle.values.StorageLocation;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PickleMachineTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void readsPlainValuesOfEveryProtocol(int protocol) throws Exception {
    Map<?, ?> value = (Map<?, ?>) Goldens.unpickle(Goldens.bytes("plain-" + protocol + ".pkl"));
    assertThat(value.get("text")).isEqualTo("caf\u00e9 \u2028 \ud83d\ude00 line\nbreak \\ 'quote'");
    assertThat(value.get("numbers")).isEqualTo(List.of(0L, 1L, 255L, 256L, 65535L, 65536L, -1L, 1L << 31,
        Long.MIN_VALUE, BigInteger.TWO.pow(63), BigInteger.TWO.pow(100), BigInteger.TWO.pow(100).negate()));
    assertThat(value.get("floats")).isEqualTo(List.of(1.5, -0.0, 1e300, Double.POSITIVE_INFINITY));
    assertThat(value.get("flags")).isEqualTo(Arrays.asList(true, false, null));
    Map<?, ?> nested = (Map<?, ?>) value.get("nested");
    assertThat(nested.get("list")).isEqualTo(List.of(List.of(), List.of(1L, List.of(2L))));
    assertThat(nested.get("tuples")).isEqualTo(
        List.of(List.of(), List.of(1L), List.of(1L, 2L), List.of(1L, 2L, 3L), List.of(1L, 2L, 3L, 4L)));
    assertThat((byte[]) value.get("bytes")).containsExactly(0, 0x80, 0xff);
    assertThat(value.get(7L)).isEqualTo("int key");
    assertThat(value.get(new PickledTuple("a", 1L))).isEqualTo("tuple key");
    assertThat(value.get("sets")).isEqualTo(List.of(Set.of(1L), Set.of("x")));
    assertThat(value.get("shared")).isEqualTo(List.of("again", "again", "again"));
    assertThat(value.get("many")).isEqualTo(IntStream.range(0, 300).mapToObj(i -> (long) i).toList());
    assertThat(value.keySet().iterator().next()).isEqualTo("text");
  }

  private static void assertRefused(byte[] pickle, String words) {
    assertThatThrownBy(() -> Goldens.unpickle(pickle)).isInstanceOf(MalformedPickle.class)
        .hasMessageContaining(words);
  }

  @Test
  void refusesToBuildWhatIsNotKnown() {
    PickleWriter call = new PickleWriter().global("os", "system").text("touch x")
        .op(Opcode.TUPLE1, Opcode.REDUCE);
    assertRefused(call.stop(), "asks for os.system, which Kasane refuses to build; nothing was run");
    assertRefused(new PickleWriter().text("os").text("system").op(Opcode.STACK_GLOBAL).stop(), "os.system");
    assertRefused(new PickleWriter().op(Opcode.MARK).text("x").op(Opcode.INST).line("os").line("system")
        .stop(),
        "os.system");
    assertRefused(new PickleWriter().global("builtins", "eval").stop(), "builtins.eval");
    assertRefused(new PickleWriter().global("torch", "load").stop(), "torch.load");
    assertRefused(new PickleWriter().global("__torch__", "Net").stop(), "TorchScript");
    assertRefused(new PickleWriter().text("pytorch_lightning.utilities").text("os.system")
        .op(Opcode.STACK_GLOBAL).stop(), "pytorch_lightning.utilities.os.system");
    assertRefused(new PickleWriter().global("pytorch_lightning.utilities_evil", "f").stop(),
        "utilities_evil");
  }

  @Test
  void neverCallsAValue() {
    assertRefused(new PickleWriter().text("f").op(Opcode.EMPTY_TUPLE, Opcode.REDUCE).stop(), "calls text");
    assertRefused(new PickleWriter().op(Opcode.EMPTY_DICT, Opcode.EMPTY_TUPLE, Opcode.NEWOBJ).stop(),
        "calls a dict");
    assertRefused(new PickleWriter().op(Opcode.MARK, Opcode.OBJ).stop(), "too few");
    assertRefused(new PickleWriter().text("x").op(Opcode.EMPTY_DICT, Opcode.BUILD).stop(),
        "sets attributes of text");
  }

  @Test
  void aKnownClassStaysANameWhateverIsDoneToIt() throws Exception {
    byte[] pickle = new PickleWriter().global("argparse", "Namespace").op(Opcode.EMPTY_TUPLE, Opcode.NEWOBJ)
        .op(Opcode.EMPTY_DICT).text("lr").number(1).op(Opcode.SETITEM, Opcode.BUILD).stop();
    assertThat(Goldens.unpickle(pickle)).isEqualTo(new OpaqueObject("argparse", "Namespace"))
        .hasToString("<argparse.Namespace>");
  }

  @Test
  void refusesInstructionsOnTheWrongKindOfValue() {
    assertRefused(new PickleWriter().stop(), "empty stack");
    assertRefused(new PickleWriter().op(Opcode.TUPLE).stop(), "never opened");
    assertRefused(new PickleWriter().op(Opcode.NONE, Opcode.MARK, Opcode.TUPLE1).stop(), "empty stack");
    assertRefused(new PickleWriter().text("x").number(1).op(Opcode.APPEND).stop(), "appends to text");
    assertRefused(new PickleWriter().op(Opcode.NONE).number(1).number(2).op(Opcode.SETITEM).stop(),
        "of None");
    assertRefused(new PickleWriter().op(Opcode.EMPTY_DICT, Opcode.MARK).number(1).op(Opcode.SETITEMS).stop(),
        "without a value");
    assertRefused(new PickleWriter().op(Opcode.EMPTY_LIST, Opcode.MARK, Opcode.ADDITEMS).stop(),
        "adds to a list");
    assertRefused(new PickleWriter().op(Opcode.BINGET, 3).stop(), "value 3");
    assertRefused(new PickleWriter().op(Opcode.PROTO, 6).stop(), "protocol 6");
    assertRefused(new PickleWriter().op(0xff).stop(), "0xff at byte 0");
    assertRefused(new PickleWriter().op(Opcode.PERSID).line("0").stop(), "no tensor storage");
  }

  @Test
  void refusesKeysThatPythonOrWeCannotCompare() {
    assertRefused(new PickleWriter().op(Opcode.EMPTY_DICT, Opcode.EMPTY_LIST, Opcode.NONE, Opcode.SETITEM)
        .stop(),
        "uses a list as a dict key");
    assertRefused(new PickleWriter().op(Opcode.EMPTY_DICT, Opcode.EMPTY_TUPLE, Opcode.TUPLE1, Opcode.NONE,
        Opcode.SETITEM).stop(), "uses a tuple");
    assertRefused(new PickleWriter().op(Opcode.EMPTY_DICT).text("k".repeat(5000))
        .op(Opcode.NONE, Opcode.SETITEM)
        .stop(), "uses text");
  }

  @Test
  void refusesTextThatLiesAboutItsLength() {
    assertRefused(new PickleWriter().op(Opcode.BINUNICODE).int32(-1).stop(), "4294967295 bytes");
    assertRefused(new PickleWriter().op(Opcode.BINBYTES8).int32(-1).int32(-1).stop(), "18446744073709551615");
    assertRefused(new PickleWriter().op(Opcode.BINUNICODE).int32(2).op(0xc3, 0x28).stop(), "not valid UTF-8");
    assertRefused(new PickleWriter().op(Opcode.LONG4).int32(100_000).raw(new byte[100_000]).stop(),
        "100000 bytes");
    assertRefused(new PickleWriter().op(Opcode.INT).line("9".repeat(100_000)).stop(), "line of more than");
    assertRefused(new PickleWriter().op(Opcode.INT).line("zwei").stop(), "'zwei'");
  }

  @Test
  void refusesContainersThatContainThemselves() {
    assertRefused(new PickleWriter().op(Opcode.EMPTY_LIST, Opcode.MEMOIZE, Opcode.BINGET, 0, Opcode.APPEND)
        .stop(),
        "contains itself");
    assertRefused(new PickleWriter().op(Opcode.EMPTY_DICT, Opcode.MEMOIZE).text("k")
        .op(Opcode.BINGET, 0, Opcode.TUPLE1, Opcode.SETITEM).stop(), "contains itself");
  }

  @Test
  void refusesNestingThatWouldOverflowAStack() {
    PickleWriter deep = new PickleWriter().op(Opcode.EMPTY_TUPLE);
    for (int i = 0; i < 1_000_000; i++) {
      deep.op(Opcode.TUPLE1);
    }
    assertRefused(deep.stop(), "200 deep");
  }

  @Test
  void refusesSharedNestingThatWouldOverflowMemoryWhenWrittenOut() {
    PickleWriter laughs = new PickleWriter().text("ha");
    for (int i = 0; i < 30; i++) {
      laughs.op(Opcode.DUP, Opcode.TUPLE2);
    }
    assertRefused(laughs.stop(), "written out");
  }

  @Test
  void refusesMoreInstructionsAndCopiesThanAnyCheckpointNeeds() {
    byte[] endless = new byte[2_500_000];
    Arrays.fill(endless, (byte) Opcode.EMPTY_DICT);
    assertRefused(endless, "2000000 pickle instructions");
    PickleWriter copies = new PickleWriter().text("x".repeat(1 << 20)).op(Opcode.MEMOIZE);
    for (int i = 0; i < 200; i++) {
      copies.global("_codecs", "encode").op(Opcode.BINGET, 0).text("latin1").op(Opcode.TUPLE2, Opcode.REDUCE);
    }
    assertRefused(copies.stop(), "bytes of text and lists");
  }

  @Test
  void buildsTensorsOnlyWithinTheirStorage() throws Exception {
    PickledTensor tensor =
        (PickledTensor) Goldens.unpickle(new PickleWriter().tensor(6, 0, new int[] {2, 3}, new int[] {3, 1})
            .stop());
    assertThat(tensor.shape()).containsExactly(2, 3);
    assertThat(tensor.storage()).isEqualTo(new StorageLocation("0", 0, 24));
    assertTensorRefused(6, 1, new int[] {2, 3}, new int[] {3, 1}, "beyond its storage of 6");
    assertTensorRefused(6, 0, new int[] {2, 3}, new int[] {4, 1}, "beyond its storage");
    assertTensorRefused(6, -1, new int[] {1}, new int[] {1}, "a number from 0");
    assertTensorRefused(6, 0, new int[] {-1}, new int[] {1}, "a number from 0");
    assertTensorRefused(6, 0, new int[] {1}, new int[] {-1}, "a number from 0");
    assertTensorRefused(6, 0, new int[] {1, 1}, new int[] {1}, "2 dimensions with 1 strides");
    int large = Integer.MAX_VALUE;
    assertTensorRefused(6, 0, new int[] {large, large, large}, new int[] {0, 0, 0}, "larger than any file");
    assertTensorRefused(6, 0, new int[] {large, large}, new int[] {large, large}, "larger than any file");
    assertTensorRefused(6, 0, new int[] {large}, new int[] {0}, "out of a storage of 24");
    assertTensorRefused(6, 0, new int[65], new int[65], "65 dimensions");
  }

  private static void assertTensorRefused(int elements, int offset, int[] shape, int[] strides,
      String words) {
    assertRefused(new PickleWriter().tensor(elements, offset, shape, strides).stop(), words);
  }

  @Test
  void refusesNumpyValuesItCannotTell() {
    assertRefused(numpyScalar("f8", 4, "<"), "4 bytes and type f8");
    assertRefused(numpyScalar("O8", 8, "<"), "type O8");
    assertRefused(numpyScalar("f8", 8, ">"), "big-endian");
  }

  private static byte[] numpyScalar(String code, int length, String order) {
    return new PickleWriter().global("numpy.core.multiarray", "scalar")
        .global("numpy", "dtype").text(code).op(Opcode.TUPLE1, Opcode.REDUCE)
        .number(3).text(order).op(Opcode.TUPLE2, Opcode.BUILD)
        .op(Opcode.SHORT_BINBYTES, length).raw(new byte[length]).op(Opcode.TUPLE2, Opcode.REDUCE).stop();
  }
}
