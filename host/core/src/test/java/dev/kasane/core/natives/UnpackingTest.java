package dev.kasane.core.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackingTest {
  @TempDir
  private Path folder;

  private Path cache;
  private LibraryBundle bundle;

  @BeforeEach
  void makeBundle() throws IOException {
    cache = Files.createDirectory(folder.resolve("cache"));
    Map<String, URL> files = new LinkedHashMap<>();
    for (String name : List.of("libpart.so", "libmain.so")) {
      files.put(name, Files.writeString(folder.resolve(name), "the library " + name).toUri().toURL());
    }
    bundle = new LibraryBundle("a test", Path.of("engine", "1-cpu"), files);
  }

  private List<String> found() throws IOException {
    try (Stream<Path> files = Files.walk(cache.resolve("engine"))) {
      return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void unpack() throws IOException {
    new Unpacking(bundle, cache).run();
  }

  @Test
  void unpacksAllOfIt() throws IOException {
    assertThat(bundle.isIn(cache)).isFalse();
    unpack();
    assertThat(bundle.isIn(cache)).isTrue();
    assertThat(found()).containsExactly("libmain.so", "libpart.so");
    assertThat(cache.resolve("engine/1-cpu/libmain.so")).hasContent("the library libmain.so");
  }

  @Test
  void whatIsCutShortIsUnpackedAnew() throws IOException {
    unpack();
    Path main = cache.resolve("engine/1-cpu/libmain.so");
    Path other = cache.resolve("engine/1-cpu/libpart.so");
    Files.setLastModifiedTime(other, FileTime.fromMillis(1_000_000));
    Files.write(main, Arrays.copyOf(Files.readAllBytes(main), 3));
    assertThat(bundle.isIn(cache)).isFalse();
    unpack();
    assertThat(main).hasContent("the library libmain.so");
    assertThat(Files.getLastModifiedTime(other)).as("is whole and stays").isEqualTo(FileTime.fromMillis(1_000_000));
  }

  @Test
  void whatCannotBeReadLeavesNothingBeside() throws IOException {
    Files.delete(folder.resolve("libmain.so"));
    assertThatThrownBy(this::unpack).isInstanceOf(IOException.class);
    assertThat(found()).containsExactly("libpart.so");
  }

  @Test
  void onlyOldLeftoversOfDjlAreRemoved() throws IOException {
    long now = 1_000_000_000;
    Path old = left("engine/tmp123", now - 2);
    Path oldBridge = left("engine/1-cpu/jni77tmp", now - 2);
    Path young = left("engine/tmp456", now + 2);
    // Its file was made long ago, but something was written to the folder since: it may be at work.
    Path working = left("engine/tmp789", now - 2);
    Files.setLastModifiedTime(working, FileTime.fromMillis(now + 2));
    Path others = left("engine/tmpfiles", now - 2);

    new Unpacking(bundle, cache).removeLeftovers(now);
    assertThat(List.of(old, oldBridge)).noneMatch(Files::exists);
    assertThat(List.of(young, working, others)).allMatch(Files::exists);
  }

  private Path left(String name, long written) throws IOException {
    Path left = Files.createDirectories(cache.resolve(name));
    Path file = Files.writeString(left.resolve("libtorch_cpu.so"), "half");
    Files.setLastModifiedTime(file, FileTime.fromMillis(written));
    Files.setLastModifiedTime(left, FileTime.fromMillis(written));
    return left;
  }
}
