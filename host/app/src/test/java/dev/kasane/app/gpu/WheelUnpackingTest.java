package dev.kasane.app.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WheelUnpackingTest {
  private Path folder;
  private Path root;

  @BeforeEach
  @BeforeTry
  void make() throws IOException {
    folder = Files.createTempDirectory("unpacking");
    root = Files.createDirectory(folder.resolve("root"));
  }

  @AfterEach
  @AfterTry
  void remove() throws IOException {
    for (Path file : all()) {
      Files.delete(file);
    }
  }

  /** The deepest first. */
  private List<Path> all() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = new ArrayList<>(files.toList());
      Collections.reverse(all);
      return all;
    }
  }

  private void unpack(Map<String, byte[]> content, Map<String, Long> locked) throws IOException {
    Path file = folder.resolve("a.whl");
    FakeWheels.zip(file, content);
    new WheelUnpacking(root).unpack(FakeWheels.wheel("a", file, locked), file, bytes -> { });
  }

  @Test
  void takesWhatIsLockedAndNothingElse() throws IOException {
    unpack(Map.of("a/lib/x.so", new byte[3_000_000], "a/other.py", new byte[1]), Map.of("a/lib/x.so", 3_000_000L));

    assertThat(root.resolve("a/lib/x.so")).hasBinaryContent(new byte[3_000_000]);
    assertThat(all().stream().filter(Files::isRegularFile)).hasSize(2);
  }

  @Test
  void missesWhatIsNotThere() {
    assertThatThrownBy(() -> unpack(Map.of("a", new byte[1]), Map.of("b", 1L))).isInstanceOf(FileFault.class)
        .hasMessageContainingAll("a.whl", "has no b in it");
  }

  @Test
  void takesNoByteMoreOrLessThanIsLocked() throws IOException {
    for (long size : new long[] {0, 9_999_999, 10_000_001}) {
      assertThatThrownBy(() -> unpack(Map.of("a/x", new byte[10_000_000]), Map.of("a/x", size)))
          .isInstanceOf(FileFault.class).hasMessageContaining("has not the " + size + " bytes");
    }
    assertThat(all().stream().filter(Files::isRegularFile)).extracting(Path::getFileName)
        .containsExactly(Path.of("a.whl"));
  }

  @Test
  void aFileThatIsNoZipIsSaid() throws IOException {
    Path file = Files.writeString(folder.resolve("a.whl"), "no zip");
    assertThatThrownBy(() -> new WheelUnpacking(root).unpack(new Wheel("a", "a.whl", 6, "", Map.of("x", 1L)), file,
        bytes -> { })).isInstanceOf(FileFault.class).hasMessageContaining("is no sound zip file");
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of("..", ".", "a", "b", "", "/", "\\", "..\\", "C:", "a.so", "\u202e")
        .list().ofMinSize(1).ofMaxSize(6).map(parts -> String.join("/", parts)).filter(name -> !name.isBlank());
  }

  /** The wheel has the very entry, so only the place decides. */
  @Property(tries = 300)
  void nothingIsEverWrittenOutsideTheRoot(@ForAll("names") String name) throws IOException {
    try {
      unpack(Map.of(name, new byte[] {1}), Map.of(name, 1L));
    } catch (FileFault refused) {
      assertThat(refused).hasMessageContaining("a.whl");
    }
    assertThat(all()).allSatisfy(file -> assertThat(file.startsWith(root) || file.equals(folder)
        || file.equals(folder.resolve("a.whl"))).as(file.toString()).isTrue());
  }
}
