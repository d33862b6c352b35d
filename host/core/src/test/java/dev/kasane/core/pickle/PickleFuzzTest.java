package dev.kasane.core.pickle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.files.FileFault;
import dev.kasane.core.pickle.machine.Opcode;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickledTensor;
import dev.kasane.core.safetensors.Mutations;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, reading it ends with a value or the package's own exception. */
class PickleFuzzTest {
  /** How many mutated files to try; raise it by hand for a long run. */
  private static final int FUZZ_ITERATIONS = Integer.getInteger("kasane.fuzz.iterations", 3000);
  private static final int MAPPED_EVERY = 64;

  private final Random random = new Random(Long.getLong("kasane.fuzz.seed", 20240607L));
  private final Set<String> outcomes = new TreeSet<>();

  @TempDir
  Path folder;

  @Test
  void mutatedPicklesAreReadOrRefusedButNothingElse() throws IOException {
    List<byte[]> originals = Stream.concat(
        Stream.of(0, 1, 2, 3, 4, 5).map(protocol -> Goldens.bytes("plain-" + protocol + ".pkl")),
        Stream.of(new PickleWriter().tensor(6, 0, new int[] {2, 3}, new int[] {3, 1}).stop())).toList();
    for (int i = 0; i < FUZZ_ITERATIONS; i++) {
      byte[] original = originals.get(random.nextInt(originals.size()));
      byte[] mutated = Mutations.mutate(original, random, original.length);
      try {
        // The value of a pickle that was read must be fit for a plain recursive walk, which this is.
        outcomes.add(String.valueOf(Goldens.unpickle(mutated)).isEmpty() ? "empty" : "read");
      } catch (MalformedPickle refused) {
        outcomes.add("refused");
      }
    }
    assertThat(outcomes).contains("read", "refused");
  }

  @Test
  void randomInstructionsAreReadOrRefusedButNothingElse() throws IOException {
    int[] opcodes = Stream.of(Opcode.class.getDeclaredFields()).mapToInt(PickleFuzzTest::value).toArray();
    for (int i = 0; i < FUZZ_ITERATIONS; i++) {
      PickleWriter pickle = new PickleWriter();
      int length = random.nextInt(60);
      for (int j = 0; j < length; j++) {
        int opcode = opcodes[random.nextInt(opcodes.length)];
        // A stop would end most of these after a few instructions.
        pickle.op(opcode == Opcode.STOP ? Opcode.MARK : opcode).op(operands(opcode));
      }
      try {
        outcomes.add(String.valueOf(Goldens.unpickle(pickle.stop())).isEmpty() ? "empty" : "read");
      } catch (MalformedPickle refused) {
        outcomes.add("refused");
      }
    }
    assertThat(outcomes).contains("refused");
  }

  private static int value(Field field) {
    try {
      return field.getInt(null);
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private int[] operands(int opcode) {
    return switch (opcode) {
      case Opcode.BINGET, Opcode.BINPUT, Opcode.BININT1, Opcode.PROTO -> new int[] {random.nextInt(4)};
      case Opcode.SHORT_BINUNICODE, Opcode.SHORT_BINBYTES,
          Opcode.LONG1 -> new int[] {1, 'a' + random.nextInt(3)};
      case Opcode.GET, Opcode.PUT, Opcode.INT, Opcode.LONG -> new int[] {'0' + random.nextInt(4), '\n'};
      default -> new int[0];
    };
  }

  @Test
  void mutatedCheckpointsAreReadOrRefusedButNothingElse() throws IOException {
    List<byte[]> originals = Stream.of("tensors.pt", "tensors-legacy.pt", "tensors-protocol-4.pt",
        "deflated.pt",
        "lightning.ckpt", "lightning-legacy.ckpt", "embedding.pt", "small.pt").map(Goldens::bytes).toList();
    Path path = folder.resolve("mutated");
    for (int i = 0; i < FUZZ_ITERATIONS; i++) {
      byte[] original = originals.get(random.nextInt(originals.size()));
      byte[] mutated = i % 2 == 0 ? Mutations.mutate(original, random, original.length)
          : mutateTail(original);
      Goldens.write(path, mutated);
      try (TorchCheckpoint checkpoint = TorchCheckpoint.open(path)) {
        outcomes.add("read");
        mapSome(checkpoint, i);
      } catch (FileFault refused) {
        assertThat(refused).hasMessageContaining(path.toString());
        outcomes.add("refused");
      }
    }
    assertThat(outcomes).contains("read", "refused");
  }

  /** Zip archives keep their directory at the end, a small part that chance would seldom meet. */
  private byte[] mutateTail(byte[] original) {
    int head = original.length * 4 / 5;
    byte[] tail = Mutations.mutate(Arrays.copyOfRange(original, head, original.length), random,
        original.length);
    byte[] mutated = Arrays.copyOf(original, head + tail.length);
    System.arraycopy(tail, 0, mutated, head, tail.length);
    return mutated;
  }

  private static void mapSome(TorchCheckpoint checkpoint, int iteration) {
    if (iteration % MAPPED_EVERY < 2) {
      for (PickledTensor tensor : checkpoint.stateDict().values()) {
        checkpoint.readFloats(tensor);
      }
    }
  }
}
