package dev.kasane.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
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

/** Where a stranger's program finds its native libraries, and what it says when they cannot be had. */
class NativeLibrariesIT {
  private static final String[] COMMAND = {"generate", "text", "--prompt", "a cat", "--max-tokens", "2", "--seed", "1"};

  @TempDir
  private Path folder;

  @BeforeEach
  void posix() {
    assumeFalse(System.getProperty("os.name").startsWith("Windows"), "the launcher is a shell script");
  }

  private KasaneProcess.Run run(Map<String, String> environment, String... before)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(before));
    command.add(KasaneProcess.LAUNCHER.toString());
    command.addAll(List.of(COMMAND));
    KasaneProcess process = new KasaneProcess(folder);
    return process.end(process.start(command, environment));
  }

  private static void assertOneLine(KasaneProcess.Run run, String... parts) {
    assertThat(run.code()).as(run.err()).isEqualTo(1);
    List<String> lines = run.err().lines().filter(line -> line.startsWith("kasane: ")).toList();
    assertThat(lines).singleElement().asString().contains(parts);
    assertThat(run.err()).doesNotContain("\tat ", "internal error", "fault of Kasane", "Fetch the model's files");
  }

  @Test
  void withoutAHomeNothingThatLiesInTheTemporaryFolderIsLoaded() throws IOException, InterruptedException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Files.setAttribute(temporary, "unix:mode", 01777);
    Path planted = Files.createDirectory(temporary.resolve(".djl.ai"));
    for (String place : List.of("pytorch/2.7.1-20250812-cpu-linux-x86_64/libtorch.so",
        "tokenizers/0.21.0-0.35.1-cpu-linux-x86_64/libtokenizers.so")) {
      Files.createDirectories(planted.resolve(place).getParent());
      Files.writeString(planted.resolve(place), "somebody else's code");
    }
    KasaneProcess.Run run = run(Map.of("KASANE_JAVA_OPTS",
        "-Duser.home=" + folder.resolve("nowhere") + " -Djava.io.tmpdir=" + temporary), "env", "-u", "DJL_CACHE_DIR");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).containsOnlyOnce("kasane: Native libraries are unpacked into " + temporary)
        .contains("Set DJL_CACHE_DIR");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.map(file -> file.getFileName().toString())).containsExactly(".djl.ai");
    }
  }

  @Test
  void aFolderThatOthersCanWriteIsRefused() throws IOException, InterruptedException {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertOneLine(run(Map.of("DJL_CACHE_DIR", open.toString())),
        "DJL_CACHE_DIR names " + open + ", and " + open + " can be written by everyone", "chmod go-w");
  }

  @Test
  void aFullDiskIsSaidAndNothingHalfIsLeft() throws IOException, InterruptedException {
    String[] smallDisk = {"unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
        "mount -t tmpfs -o size=40m,mode=700 small \"$1\" && cd \"$1\" && shift && \"$@\"; code=$?;"
            + " find . -name '*.kasane-*' >&2; exit $code", "sh", folder.toString()};
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")) && mounts(smallDisk),
        "no user may mount a small disk here");
    KasaneProcess.Run run = run(Map.of("DJL_CACHE_DIR", folder.resolve("cache").toString()), smallDisk);
    assertOneLine(run, "libtorch cannot be unpacked into " + folder.resolve("cache"), "the disk is full",
        "DJL_CACHE_DIR");
    assertThat(run.err()).doesNotContain(".kasane-");
  }

  private static boolean mounts(String[] smallDisk) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(smallDisk));
    command.add("true");
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  @Test
  void aFileInThePlaceOfTheFolderIsSaid() throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    assertOneLine(run(Map.of("DJL_CACHE_DIR", file.toString())), "DJL_CACHE_DIR names '" + file + "'",
        "cannot be made");
  }

  @Test
  void aLibraryThatIsNoneIsNamedWithItsFolder() throws IOException, InterruptedException {
    Path libtorch = Files.createDirectory(folder.resolve("libtorch"));
    Files.writeString(libtorch.resolve(System.mapLibraryName("torch")), "no library");
    Map<String, String> environment = Map.of("PYTORCH_LIBRARY_PATH", libtorch.toString(), "PYTORCH_FLAVOR", "cpu");
    assertOneLine(run(environment), "libtorch in " + libtorch + " (PYTORCH_LIBRARY_PATH) does not load", "Unset");
  }

  @Test
  void variablesThatNameNothingAreSaid() throws IOException, InterruptedException {
    assertOneLine(run(Map.of("PYTORCH_LIBRARY_PATH", "/nonsense")), "PYTORCH_LIBRARY_PATH is '/nonsense'", "unset it");
    Path libtorch = Files.createDirectory(folder.resolve("libtorch"));
    Files.writeString(libtorch.resolve(System.mapLibraryName("torch")), "no library");
    assertOneLine(run(Map.of("PYTORCH_LIBRARY_PATH", libtorch.toString(), "PYTORCH_FLAVOR", "cu999")),
        "PYTORCH_FLAVOR is 'cu999'", libtorch.toString(), "cpu");
    assertOneLine(run(Map.of("PYTORCH_VERSION", "2.5.1")), "PYTORCH_VERSION is '2.5.1'", "2.7.1");
    assertOneLine(run(Map.of("PYTORCH_EXTRA_LIBRARY_PATH", "/nonsense/libx.so")),
        "PYTORCH_EXTRA_LIBRARY_PATH names /nonsense/libx.so");
    assertOneLine(run(Map.of("RUST_LIBRARY_PATH", "/nonsense")), "/nonsense (RUST_LIBRARY_PATH) does not load");
  }
}
