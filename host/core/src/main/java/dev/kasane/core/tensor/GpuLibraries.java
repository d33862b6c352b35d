package dev.kasane.core.tensor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.UserException;
import dev.kasane.core.files.PendingFile;
import dev.kasane.core.natives.LoadFailure;
import dev.kasane.core.natives.NativeLibraries;
import dev.kasane.core.natives.OwnFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * libtorch for CUDA with NVIDIA's libraries, as installed for this program: in a folder beside the unpacked libraries,
 * or where Python has it. Both keep the layout of Python's packages, by which the libraries find each other.
 *
 * @param version of libtorch, such as {@code 2.7.1}
 * @param cuda what it was built for, such as {@code 12.6}
 * @param capabilities ten times the compute capabilities that it has kernels for; empty when nobody knows
 * @param root the folder that holds {@code torch/lib} and {@code nvidia}
 * @param files what has to be there: bytes by path below the root, names separated by slashes
 */
public record GpuLibraries(String version, String cuda, Set<Integer> capabilities, Path root,
    Map<String, Long> files) {
  /** The installation's folder among those of engines. */
  public static final String ENGINE = "kasane-gpu";
  /** Where libtorch lies below the root. */
  public static final String LIBTORCH = "torch/lib";
  /** Where NVIDIA's run-time compiler lies below the root. */
  public static final String NVRTC = "nvidia/cuda_nvrtc/lib";

  private static final String RECORD = "installed.json";
  /** The first asks for the driver; the second brings all others. */
  private static final List<String> LOADED_FIRST = List.of("caffe2_nvrtc", "torch");

  /** Keeps all in order. */
  public GpuLibraries {
    capabilities = new TreeSet<>(capabilities);
    files = new TreeMap<>(files);
  }

  /**
   * What is installed, whole or not.
   *
   * @throws UserException when others could have put code there, or the record of it is damaged
   */
  public static Optional<GpuLibraries> installed() {
    return in(NativeLibraries.folder(ENGINE));
  }

  /** The same for an installation in another folder. */
  public static Optional<GpuLibraries> in(Path folder) {
    Path file = folder.resolve(RECORD);
    return Files.exists(file) ? Optional.of(read(folder, JsonFiles.read(file))) : Optional.empty();
  }

  private static GpuLibraries read(Path folder, ObjectNode stored) {
    try {
      Map<String, Long> files = new TreeMap<>();
      stored.required("files").fields().forEachRemaining(each -> files.put(each.getKey(), each.getValue().asLong()));
      Set<Integer> capabilities = new TreeSet<>();
      stored.required("capabilities").forEach(each -> capabilities.add(each.asInt()));
      return new GpuLibraries(stored.required("libtorch").asText(), stored.required("cuda").asText(), capabilities,
          folder.resolve(stored.required("root").asText()).normalize(), files);
    } catch (IllegalArgumentException e) {
      throw new UserException(folder.resolve(RECORD) + " does not tell what is installed: " + e.getMessage()
          + ". Remove it with «gpu remove», and put it anew with «gpu install».", e);
    }
  }

  /**
   * Writes down what is installed.
   *
   * @param folder the installation's, or one that is to take its place; a root within it is found there after the move
   */
  public void write(Path folder) throws IOException {
    ObjectNode stored = Json.MAPPER.createObjectNode().put("libtorch", version).put("cuda", cuda)
        .put("root", root.startsWith(folder) ? folder.relativize(root).toString() : root.toString());
    capabilities.forEach(stored.putArray("capabilities")::add);
    files.forEach(stored.putObject("files")::put);
    PendingFile.replace(folder.resolve(RECORD), Json.MAPPER.writerWithDefaultPrettyPrinter()
        .writeValueAsString(stored));
  }

  /** The folder with libtorch itself. */
  public Path libtorch() {
    return root.resolve(LIBTORCH);
  }

  /** Bytes of all files. */
  public long size() {
    return files.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Why this cannot be used, in a line without a stop at its end: what is missing, cut short or not to be trusted. */
  public Optional<String> fault() {
    try {
      for (Map.Entry<String, Long> file : files.entrySet()) {
        Path path = root.resolve(file.getKey());
        if (!Files.isRegularFile(path) || Files.size(path) != file.getValue()) {
          return Optional.of(path + (Files.exists(path) ? " is not the file that was installed" : " is missing"));
        }
        Optional<String> untrusted = OwnFiles.fault(path);
        if (untrusted.isPresent()) {
          return untrusted;
        }
      }
      return Optional.empty();
    } catch (IOException | InvalidPathException e) {
      return Optional.of(root + " cannot be looked at: " + e.getMessage());
    }
  }

  /** Why these cannot be used on a GPU of a compute capability (ten times it), or not by this version. */
  Optional<String> misfit(String needed, int capability) {
    // The bridge for 2.7.1 was tried with 2.7.0: it starts and gives the same bits.
    if (!series(version).equals(series(needed))) {
      return Optional.of("libtorch " + version + " for CUDA is installed, and this version works with " + needed
          + "; «gpu install» fetches that");
    }
    // What is compiled for one capability runs on later ones of the same major version.
    boolean runs = capabilities.isEmpty()
        || capabilities.stream().anyMatch(each -> each / 10 == capability / 10 && each <= capability);
    return runs ? Optional.empty() : Optional.of(String.format(Locale.ROOT, "libtorch %s for CUDA %s has no kernels for"
        + " compute capability %d.%d; name another libtorch %s that has, in %s", version, cuda, capability / 10,
        capability % 10, needed, TorchVariables.FOLDER));
  }

  /** A version without its last number. */
  private static String series(String version) {
    return version.substring(0, version.lastIndexOf('.') + 1);
  }

  /**
   * Loads them, all or nothing, into the process.
   *
   * @return why that is not possible
   */
  Optional<String> load() {
    Optional<String> fault = fault();
    if (fault.isPresent()) {
      return Optional.of("libtorch for CUDA is not whole: " + fault.get() + "; «gpu install» puts it anew");
    }
    try {
      // The system's loader takes a library with all that it needs, or leaves nothing in the process.
      LOADED_FIRST.forEach(library -> System.load(libtorch().resolve(System.mapLibraryName(library)).toString()));
      return Optional.empty();
    } catch (UnsatisfiedLinkError e) {
      return Optional.of("libtorch for CUDA in " + root + " does not load: " + LoadFailure.reason(e));
    }
  }

  @Override
  public String toString() {
    return version + " for CUDA " + cuda + " in " + libtorch();
  }
}
