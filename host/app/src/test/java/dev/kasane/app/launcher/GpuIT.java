package dev.kasane.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.kasane.app.gpu.FakeWheels;
import dev.kasane.app.launcher.KasaneProcess.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Libraries for a GPU come and go as a user has them come and go. The wheels are a few bytes, and so is the lock that
 * names them: it stands before the real one on Java's class path.
 */
class GpuIT {
  @TempDir
  private Path folder;

  private Path cache;
  private Path wheels;

  @BeforeEach
  void make() throws IOException {
    assumeFalse(System.getProperty("os.name").startsWith("Windows"), "the launcher is a shell script");
    cache = folder.resolve("cache");
    wheels = Files.createDirectory(folder.resolve("wheels"));
    FakeWheels.make(wheels, folder.resolve("lock"));
  }

  private Run kasane(String... arguments) throws IOException, InterruptedException {
    return new KasaneProcess(folder).run(KasaneProcess.LAUNCHER, Map.of("DJL_CACHE_DIR", cache.toString(),
        "PATH", "/usr/bin:/bin", "KASANE_JAVA_OPTS",
        "-Duser.home=" + folder + " -Xbootclasspath/a:" + folder.resolve("lock")), arguments);
  }

  private static void assertDone(Run run, String... words) {
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains(words);
  }

  private void assertRefused(Run run, int code, String... words) {
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.err().lines().filter(line -> line.startsWith("kasane: "))).singleElement().asString().contains(words);
    assertThat(run.err()).doesNotContain("\tat ", "internal error");
    assertThat(cache.resolve("kasane-gpu")).satisfiesAnyOf(place -> assertThat(place).doesNotExist(),
        place -> assertThat(place).isEmptyDirectory());
  }

  @Test
  void installsFromAFolderSaysSoAndRemoves() throws IOException, InterruptedException {
    assertDone(kasane("gpu"), "libtorch for CUDA is not installed.", "'kasane gpu install' installs libtorch 2.7.1");

    Path libtorch = cache.resolve("kasane-gpu/torch/lib");
    assertDone(kasane("gpu", "install", "--from", wheels.toString()),
        "libtorch 2.7.1 for CUDA 12.6 is installed in " + libtorch);
    assertThat(libtorch.resolve("libtorch.so")).hasSize(70_000);
    assertThat(cache.resolve("kasane-gpu-wheels")).doesNotExist();
    // What is there is not asked for again.
    assertDone(kasane("gpu", "install", "--from", folder.resolve("none").toString()), "is installed in " + libtorch);

    Files.writeString(libtorch.resolve("libtorch.so"), "cut short");
    assertDone(kasane("gpu"), "It cannot be used: " + libtorch.resolve("libtorch.so"), "'kasane gpu install' installs");

    assertDone(kasane("gpu", "remove"), "is removed; ");
    assertThat(cache.resolve("kasane-gpu")).doesNotExist();
    assertDone(kasane("gpu", "remove"), "is not installed");
  }

  @Test
  void leavesNothingHalfInstalled() throws IOException, InterruptedException {
    assertRefused(kasane("gpu", "install", "--from", folder.resolve("none").toString()), 1, "no such folder");
    assertRefused(kasane("gpu", "install", "--index", "http://localhost:9"), 1, "http://localhost:9/",
        "'kasane gpu install --from DIR'");
    byte[] wheel = Files.readAllBytes(wheels.resolve(FakeWheels.CUDA));
    wheel[40] ^= 1;
    Files.write(wheels.resolve(FakeWheels.CUDA), wheel);
    assertRefused(kasane("gpu", "install", "--from", wheels.toString()), 1, FakeWheels.CUDA, "SHA-256");
    assertRefused(kasane("gpu", "install", "--from", wheels.toString(), "--index", "http://localhost:9"), 2, "--from");
  }
}
