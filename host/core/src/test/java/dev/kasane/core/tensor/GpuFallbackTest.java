package dev.kasane.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process of its own, as libtorch is loaded once: libraries for a GPU that are broken, and then the CPU's. */
class GpuFallbackTest {
  @TempDir
  private Path cache;

  /** What the process does. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) {
      String reason = Engines.startForGpu(90).orElse("none");
      try (var manager = Engines.newManager()) {
        System.out.println(reason + "\n" + manager.create(new float[] {1, 2}).sum().getFloat() + "\n" + Engines.folder());
      }
    }
  }

  private List<String> run() throws IOException, InterruptedException {
    Path pytorch = Path.of(System.getProperty("user.home"), ".djl.ai/pytorch");
    Engines.prepare();
    assumeTrue(Files.isDirectory(pytorch) && File.separatorChar == '/', "libtorch is unpacked in another folder");
    if (!Files.exists(cache.resolve("pytorch"))) {
      Files.createSymbolicLink(cache.resolve("pytorch"), pytorch);
    }
    ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp",
        System.getProperty("java.class.path"), Main.class.getName()).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("DJL_CACHE_DIR", cache.toString());
    Process process = builder.start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor()).isZero();
    return lines;
  }

  private void install(String content) throws IOException {
    Path root = Files.createDirectories(cache.resolve("kasane-gpu"));
    Map<String, Long> files = new TreeMap<>();
    for (String name : List.of("caffe2_nvrtc", "torch")) {
      Path library = root.resolve("torch/lib").resolve(System.mapLibraryName(name));
      Files.createDirectories(library.getParent());
      Files.writeString(library, content);
      files.put(root.relativize(library).toString(), (long) content.length());
    }
    new GpuLibraries(Engines.version().split("\\+")[0], "12.6", Set.of(90), root, files).write(root);
  }

  @Test
  void brokenLibrariesGiveAReasonAndTheCpuTakesOver() throws IOException, InterruptedException {
    assertThat(run().get(0)).isEqualTo("libtorch for CUDA is not installed; «gpu install» does that");

    install("no library");
    List<String> lines = run();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("libtorch for CUDA in " + cache.resolve("kasane-gpu") + " does not load: ");
    assertThat(lines.get(1)).isEqualTo("3.0");
    assertThat(lines.get(2)).contains("-cpu-");

    Files.delete(cache.resolve("kasane-gpu/torch/lib").resolve(System.mapLibraryName("torch")));
    assertThat(run().get(0)).contains("is not whole", "is missing", "«gpu install»");
    Files.writeString(cache.resolve("kasane-gpu/installed.json"), "{");
    assertThat(run().get(0)).contains("installed.json is not valid JSON");
  }
}
