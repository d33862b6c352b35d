package dev.kasane.core.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.files.FileFault;
import dev.kasane.core.pickle.values.OpaqueObject;
import dev.kasane.core.pickle.values.PickledTensor;
import dev.kasane.core.pickle.values.StorageLocation;
import dev.kasane.core.safetensors.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TorchCheckpointTest {
  private static String describe(TorchCheckpoint checkpoint, PickledTensor tensor) throws IOException {
    ByteBuffer mapped = checkpoint.map(tensor);
    assertThat(mapped.isDirect()).isTrue();
    assertThat(mapped.isReadOnly()).isTrue();
    assertThat(mapped.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    byte[] content = new byte[mapped.remaining()];
    mapped.get(content);
    String shape = Arrays.stream(tensor.shape()).mapToObj(Long::toString).collect(Collectors.joining("x"));
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return torchName(tensor.dtype()) + " " + (shape.isEmpty() ? "scalar" : shape) + " "
          + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String torchName(DType dtype) {
    return switch (dtype) {
      case F64 -> "float64";
      case F32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      case F8_E4M3 -> "float8_e4m3fn";
      case F8_E5M2 -> "float8_e5m2";
      case I64, I32, I16, I8 -> "int" + 8 * dtype.byteSize();
      case U64, U32, U16, U8 -> "uint" + 8 * dtype.byteSize();
      case BOOL -> "bool";
    };
  }

  private static Map<String, String> describe(TorchCheckpoint checkpoint, Map<?, ?> tensors)
      throws IOException {
    Map<String, String> described = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : tensors.entrySet()) {
      described.put((String) entry.getKey(), describe(checkpoint, (PickledTensor) entry.getValue()));
    }
    return described;
  }

  private static Map<String, String> expected(String name) {
    Map<String, String> expected = new LinkedHashMap<>();
    new String(Goldens.bytes(name + ".txt"), StandardCharsets.UTF_8).lines().forEach(line -> {
      int space = line.indexOf(' ');
      expected.put(line.substring(0, space), line.substring(space + 1));
    });
    return expected;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensors.pt", "tensors-protocol-1.pt", "tensors-protocol-3.pt",
      "tensors-protocol-4.pt",
      "tensors-protocol-5.pt", "tensors-legacy.pt", "deflated.pt", "small.pt", "small-legacy.pt",
      "attributed.pt", "lightning.ckpt"})
  void findsEveryTensorWithTypeShapeAndContentInOrder(String name) throws IOException {
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(Goldens.file(name))) {
      Map<String, String> described = describe(checkpoint, checkpoint.stateDict());
      assertThat(described).containsExactlyEntriesOf(expected(name));
    }
  }

  @Test
  void tensorsThatShareAStorageShareItsLocation() throws IOException {
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(Goldens.file("tensors.pt"))) {
      Map<String, PickledTensor> tensors = checkpoint.stateDict();
      StorageLocation shared = tensors.get("plain").storage();
      assertThat(tensors.get("transposed").storage()).isEqualTo(shared);
      assertThat(tensors.get("tail").storage()).isEqualTo(shared);
      assertThat(tensors.get("tail").storageOffset()).isEqualTo(6);
      assertThat(tensors.get("tail").isContiguous()).isTrue();
      assertThat(tensors.get("transposed").isContiguous()).isFalse();
      assertThat(tensors.get("transposed").strides()).containsExactly(1, 6);
      assertThat(tensors.get("half").storage()).isNotEqualTo(shared);
    }
  }

  @Test
  void readsFloatsAndWindows() throws IOException {
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(Goldens.file("small.pt"))) {
      PickledTensor a = checkpoint.stateDict().get("a");
      PickledTensor b = checkpoint.stateDict().get("b");
      assertThat(checkpoint.readFloats(a)).containsExactly(0, 1, 2);
      assertThat(checkpoint.readFloats(b)).containsExactly(0, 2, 1, 3);
      assertThat(checkpoint.map(a, 4, 4).getFloat(0)).isEqualTo(1);
      assertThatThrownBy(() -> checkpoint.map(a, 8, 5)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> checkpoint.map(b, 0, 8)).isInstanceOf(FileFault.class)
          .hasMessageContaining("contiguous copy");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lightning.ckpt", "lightning-legacy.ckpt"})
  void keepsPlainValuesOfALightningCheckpointAndMakesItsClassesInert(String name) throws IOException {
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(Goldens.file(name))) {
      Map<?, ?> root = (Map<?, ?>) checkpoint.root();
      OpaqueObject callback =
          new OpaqueObject("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint");
      assertThat(root.get("global_step")).isEqualTo(470000L);
      assertThat(root.get("big").toString()).isEqualTo("1180591620717411303424");
      assertThat(root.get("negative")).isEqualTo(-(1L << 40));
      assertThat(root.get("tags")).asInstanceOf(InstanceOfAssertFactories.COLLECTION)
          .containsExactlyInAnyOrder("a", "b");
      assertThat((byte[]) root.get("raw")).containsExactly(0, 0xff);
      assertThat(root.get("size")).isEqualTo(List.of(4L, 5L));
      assertThat(root.get("dtype")).isEqualTo(new OpaqueObject("torch", "float16"));
      Map<?, ?> callbacks = (Map<?, ?>) root.get("callbacks");
      assertThat(callbacks.containsKey(callback)).isTrue();
      Map<?, ?> state = (Map<?, ?>) callbacks.get(callback);
      assertThat(state.get("obj")).isEqualTo(callback);
      assertThat(checkpoint.readFloats((PickledTensor) state.get("best_model_score")))
          .containsExactly(0.125f);
      Map<?, ?> scheduler = (Map<?, ?>) ((List<?>) root.get("lr_schedulers")).get(0);
      assertThat(scheduler.get("best")).isEqualTo(0.5);
      assertThat(scheduler.get("count")).isEqualTo(7L);
      assertThat(scheduler.get("array")).isEqualTo(new OpaqueObject("numpy", "ndarray"));
      assertThat(checkpoint.stateDict()).hasSize(2);
      assertThat(root.toString()).contains("val/loss");
    }
  }

  @Test
  void findsTheTensorsOfAParameterDict() throws IOException {
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(Goldens.file("embedding.pt"))) {
      Map<?, ?> held = (Map<?, ?>) ((Map<?, ?>) checkpoint.root()).get("string_to_param");
      assertThat(describe(checkpoint, held)).isEqualTo(expected("embedding.pt"));
      assertThatThrownBy(checkpoint::stateDict).isInstanceOf(FileFault.class)
          .hasMessageContaining("no tensors").hasMessageContaining("[string_to_token, string_to_param]");
    }
  }

  @Test
  void readsAPlainListOfTensors() throws IOException {
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(Goldens.file("list.pt"))) {
      List<?> root = (List<?>) checkpoint.root();
      assertThat(checkpoint.readFloats((PickledTensor) root.get(0))).hasSize(6).containsOnly(1);
      assertThatThrownBy(checkpoint::stateDict).isInstanceOf(FileFault.class)
          .hasMessageContaining("holds a list, not a dict");
    }
  }

  @Test
  void mappedTensorsOutliveTheFileButNewOnesAreRefused() throws IOException {
    TorchCheckpoint checkpoint = TorchCheckpoint.open(Goldens.file("small.pt"));
    PickledTensor tensor = checkpoint.stateDict().get("a");
    ByteBuffer mapped = checkpoint.map(tensor);
    checkpoint.close();
    assertThat(mapped.getFloat(8)).isEqualTo(2);
    assertThatThrownBy(() -> checkpoint.map(tensor)).isInstanceOf(FileFault.class)
        .hasMessageContaining("small.pt");
  }

  @Test
  void whatComesOutCannotBeChanged() throws IOException {
    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(Goldens.file("lightning.ckpt"))) {
      @SuppressWarnings("unchecked")
      Map<Object, Object> root = (Map<Object, Object>) checkpoint.root();
      assertThatThrownBy(() -> root.put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> root.entrySet().iterator().next().setValue(1))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(root::clear).isInstanceOf(UnsupportedOperationException.class);
    }
  }
}
