package dev.kasane.core.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.util.Utils;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice of the cache in processes of their own, whose homes and temporary folders are prepared. */
class NativeLibrariesTest {
  private static final int LIBRARY_BYTES = 8 << 20;

  @TempDir
  private Path folder;

  private Path temporary;
  private Path library;

  @BeforeEach
  void prepare() throws IOException {
    assumeTrue(OwnFiles.POSIX, "no owners and modes here");
    temporary = Files.createDirectory(folder.resolve("tmp"));
    Files.setAttribute(temporary, "unix:mode", 01777);
    library = Files.write(folder.resolve("libtest.so"), new byte[LIBRARY_BYTES]);
  }

  private Process start(Path home, String cache) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Duser.home=" + home, "-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path"),
        Child.class.getName(), library.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    LibraryCache.VARIABLES.forEach(builder.environment()::remove);
    if (cache != null) {
      builder.environment().put("DJL_CACHE_DIR", cache);
    }
    return builder.start();
  }

  private static String end(Process process) throws IOException, InterruptedException {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }

  private List<String> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.map(file -> file.getFileName().toString()).filter(name -> !name.startsWith("hsperfdata")).toList();
    }
  }

  @Test
  void severalFirstStartsAtOnceAllFindItWhole() throws IOException, InterruptedException {
    Path home = Files.createDirectory(folder.resolve("home"));
    List<Process> starts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      starts.add(start(home, null));
    }
    for (Process each : starts) {
      assertThat(end(each)).contains("whole in " + home.resolve(".djl.ai/engine/1"), "DJL: " + home.resolve(".djl.ai"));
    }
    assertThat(home.resolve(".djl.ai/jna")).isNotEmptyDirectory();
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void withoutAHomeNothingOfOthersInTheTemporaryFolderIsUsed() throws IOException, InterruptedException {
    Path planted = Files.createDirectories(temporary.resolve(".djl.ai/engine/1")).resolve("libtest.so");
    Files.write(planted, new byte[LIBRARY_BYTES]);
    assertThat(end(start(folder.resolve("nowhere"), null))).contains(
        "Native libraries are unpacked into " + temporary, "for this run alone",
        "whole in " + temporary.resolve(".scratch"));
    assertThat(temporaryFiles()).containsExactly(".djl.ai");
  }

  @Test
  void withoutAnySafeFolderItSaysWhatToDo() throws IOException, InterruptedException {
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(end(start(folder.resolve("nowhere"), null))).contains("refused: There is no safe folder",
        temporary + " can be written by everyone", "Set DJL_CACHE_DIR");
  }

  @Test
  void aFolderThatIsCompleteNeedsOnlyBeRead() throws IOException, InterruptedException {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    end(start(folder, cache.toString()));
    try (Stream<Path> files = Files.walk(cache)) {
      for (Path each : files.toList()) {
        Files.setPosixFilePermissions(each,
            PosixFilePermissions.fromString(Files.isDirectory(each) ? "r-xr-xr-x" : "r--r--r--"));
      }
    }
    assertThat(end(start(folder, cache.toString()))).contains("whole in " + cache);

    assumeTrue(!Files.isWritable(cache), "nothing keeps root from writing");
    Files.write(library, new byte[LIBRARY_BYTES + 1]);
    assertThat(end(start(folder, cache.toString()))).contains(
        "refused: The native libraries of a test are not whole in " + cache + ", which cannot be written to");
  }

  /** Provides a library and tells where. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      Path library = Path.of(arguments[0]);
      NativeLibraries.tell(System.out::println);
      try {
        Path found = NativeLibraries.provide(
            new LibraryBundle("a test", Path.of("engine", "1"), Map.of("libtest.so", library.toUri().toURL())));
        boolean whole = Files.mismatch(found.resolve("libtest.so"), library) < 0;
        System.out.println((whole ? "whole in " : "damaged in ") + found);
        System.out.println("DJL: " + Utils.getEngineCacheDir());
      } catch (UserException e) {
        System.out.println("refused: " + e.getMessage());
      }
    }
  }
}
