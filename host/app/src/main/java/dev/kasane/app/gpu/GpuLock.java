package dev.kasane.app.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.Json;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What makes up libtorch for CUDA on one platform, to the bit.
 *
 * @param libtorch its version
 * @param cuda the CUDA that it was built for
 * @param capabilities ten times the compute capabilities that it has kernels for
 * @param wheels the Python packages that hold it and the libraries of NVIDIA's that it loads
 */
record GpuLock(String libtorch, String cuda, Set<Integer> capabilities, List<Wheel> wheels) {
  /** The lock for a system and a processor, as Java calls them; nothing where there are no such packages. */
  static Optional<GpuLock> find(String system, String processor) {
    String platform = system.toLowerCase(Locale.ROOT) + "-" + processor.replace("amd64", "x86_64");
    try (InputStream in = GpuLock.class.getResourceAsStream(platform + ".json")) {
      return in == null ? Optional.empty() : Optional.of(read(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The lock for this machine.
   *
   * @throws UserException where there is none; says what can be done instead
   */
  static GpuLock forThisMachine() {
    String system = System.getProperty("os.name");
    String processor = System.getProperty("os.arch");
    return find(system, processor).orElseThrow(() -> new UserException("libtorch for CUDA cannot be installed on "
        + system + " " + processor + ": as Python packages it comes for Linux on x86-64 alone (that for Windows"
        + " computes on the CPU). On Windows, PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR can name a"
        + " libtorch for CUDA from elsewhere."));
  }

  static GpuLock read(InputStream in) throws IOException {
    JsonNode lock = Json.STRICT.readTree(in);
    Set<Integer> capabilities = new TreeSet<>();
    lock.required("capabilities").forEach(each -> capabilities.add(each.asInt()));
    List<Wheel> wheels = new ArrayList<>();
    lock.required("wheels").forEach(each -> wheels.add(wheel(each)));
    return new GpuLock(lock.required("libtorch").asText(), lock.required("cuda").asText(), capabilities, wheels);
  }

  private static Wheel wheel(JsonNode wheel) {
    Map<String, Long> entries = new TreeMap<>();
    wheel.required("entries").fields().forEachRemaining(each -> entries.put(each.getKey(), each.getValue().asLong()));
    return new Wheel(wheel.required("project").asText(), wheel.required("file").asText(),
        wheel.required("size").asLong(), wheel.required("sha256").asText(), entries);
  }

  /** Bytes of all wheels. */
  long size() {
    return wheels.stream().mapToLong(Wheel::size).sum();
  }

  /** Bytes of what is unpacked. */
  long unpackedSize() {
    return wheels.stream().mapToLong(Wheel::unpackedSize).sum();
  }

  /** What is unpacked: bytes by path. */
  Map<String, Long> files() {
    Map<String, Long> files = new TreeMap<>();
    wheels.forEach(wheel -> files.putAll(wheel.entries()));
    return files;
  }
}
