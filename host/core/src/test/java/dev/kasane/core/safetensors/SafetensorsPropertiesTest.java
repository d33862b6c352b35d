package dev.kasane.core.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class SafetensorsPropertiesTest {
  /** How many mutated files to try; raise it by hand for a long run. */
  private static final int FUZZ_ITERATIONS = Integer.getInteger("kasane.fuzz.iterations", 3000);
  private static final int MAPPED_EVERY = 64;

  private static Path folder;

  @BeforeContainer
  static void createFolder() throws IOException {
    folder = Files.createTempDirectory("safetensors");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    for (String name : List.of("round-trip", "mutated")) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }

  @Provide
  Arbitrary<Map<String, DType>> tensorTypes() {
    return Arbitraries.maps(
        Arbitraries.strings().filter(name -> name.codePoints().noneMatch(c -> c >= 0xd800 && c < 0xe000)),
        Arbitraries.of(DType.class)).ofMaxSize(12);
  }

  @Property(tries = 200)
  void whatIsWrittenIsRead(@ForAll("tensorTypes") Map<String, DType> types,
      @ForAll("tensorTypes") Map<String, DType> texts, @ForAll Random random) throws IOException {
    List<TensorDeclaration> tensors = new ArrayList<>();
    Map<String, byte[]> contents = new HashMap<>();
    types.forEach((name, dtype) -> {
      long[] shape = random.ints(random.nextInt(4), 0, 5).asLongStream().toArray();
      int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      byte[] content = new byte[count * dtype.byteSize()];
      random.nextBytes(content);
      contents.put(name, content);
      tensors.add(new TensorDeclaration(name, dtype, shape,
          TensorBytes.ofBuffer(() -> ByteBuffer.wrap(content))));
    });
    Map<String, String> metadata = new HashMap<>();
    texts.forEach((key, value) -> metadata.put(key, key + value));
    Path path = folder.resolve("round-trip");
    SafetensorsWriter.write(path, tensors, metadata);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.dataStart() % 8).isZero();
      assertThat(file.metadata()).isEqualTo(metadata);
      assertThat(file.tensors()).hasSameSizeAs(tensors);
      for (TensorDeclaration tensor : tensors) {
        TensorEntry entry = file.tensors().get(tensor.name());
        assertThat(entry.dtype()).isEqualTo(tensor.dtype());
        assertThat(entry.shape()).isEqualTo(tensor.shape());
        assertThat(file.map(tensor.name())).isEqualTo(ByteBuffer.wrap(contents.get(tensor.name())));
      }
    }
  }

  @Property(tries = 1)
  void mutatedFilesAreReadOrRefusedButNothingElse() throws IOException {
    Set<String> outcomes = new TreeSet<>();
    long seed = Long.getLong("kasane.fuzz.seed", 20240607L);
    Random random = new Random(seed);
    List<byte[]> originals = List.of(Goldens.bytes("every-type.safetensors"),
        Goldens.bytes("odd-names.safetensors"), Goldens.bytes("plain.safetensors"));
    Path path = folder.resolve("mutated");
    for (int i = 0; i < FUZZ_ITERATIONS; i++) {
      byte[] original = originals.get(random.nextInt(originals.size()));
      byte[] mutated = Mutations.mutate(original, random, (int) ByteBuffer.wrap(original)
          .order(ByteOrder.LITTLE_ENDIAN).getLong() + 8);
      outcomes.add(read(Goldens.write(path, mutated), i % MAPPED_EVERY == 0));
    }
    // A fuzz that only ever met one outcome would test nothing.
    assertThat(outcomes).contains("read", "refused");
  }

  private static String read(Path path, boolean map) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      for (String name : map ? file.tensors().keySet() : Set.<String>of()) {
        file.readFloats(name);
      }
      return "read";
    } catch (FileFault refused) {
      assertThat(refused).hasMessageContaining(path.toString());
      return "refused";
    }
  }
}
