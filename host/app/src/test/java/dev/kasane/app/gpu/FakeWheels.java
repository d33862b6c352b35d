package dev.kasane.app.gpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.files.ContentHash;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Wheels of a few bytes in a folder, and the lock that names them. */
public final class FakeWheels {
  public static final String TORCH = "torch-2.7.1-cp311-cp311-any.whl";
  public static final String CUDA = "nvidia_cuda-12.6-py3-none-any.whl";
  static final Map<String, byte[]> TORCH_FILES = Map.of("torch/lib/libtorch.so", new byte[70_000],
      "torch/lib/libtorch_cuda.so", "library".getBytes(), "torch/version.py", "not needed".getBytes());
  static final Map<String, byte[]> CUDA_FILES = Map.of("nvidia/cuda/lib/libcudart.so.12", "runtime".getBytes());

  private FakeWheels() {}

  static void zip(Path file, Map<String, byte[]> entries) throws IOException {
    try (OutputStream out = Files.newOutputStream(file); ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : new TreeMap<>(entries).entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
  }

  /** Two wheels in a folder. */
  static GpuLock make(Path folder) throws IOException {
    zip(folder.resolve(TORCH), TORCH_FILES);
    zip(folder.resolve(CUDA), CUDA_FILES);
    return new GpuLock("2.7.1", "12.6", Set.of(70, 90), List.of(
        wheel("torch", folder.resolve(TORCH),
            Map.of("torch/lib/libtorch.so", 70_000L, "torch/lib/libtorch_cuda.so", 7L)),
        wheel("nvidia-cuda", folder.resolve(CUDA), Map.of("nvidia/cuda/lib/libcudart.so.12", 7L))));
  }

  static Wheel wheel(String project, Path file, Map<String, Long> entries) throws IOException {
    return new Wheel(project, file.getFileName().toString(), Files.size(file), ContentHash.of(file), entries);
  }

  /**
   * Two wheels in a folder, and the lock for this machine in a folder that is to be on the class path.
   *
   * @return the lock's file
   */
  public static Path make(Path folder, Path classPath) throws IOException {
    GpuLock lock = make(folder);
    Path place = Files.createDirectories(classPath.resolve("dev/kasane/app/gpu"));
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT) + "-"
        + System.getProperty("os.arch").replace("amd64", "x86_64") + ".json";
    return Files.writeString(place.resolve(name), new ObjectMapper().writeValueAsString(lock));
  }
}
