package dev.kasane.core.tensor;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.Platform;
import dev.kasane.core.UserException;
import dev.kasane.core.natives.LibraryBundle;
import dev.kasane.core.natives.LoadFailure;
import dev.kasane.core.natives.NativeLibraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * libtorch's libraries: those of this distribution for the CPU, others that the user's variables name, or those for
 * CUDA that were installed.
 */
final class TorchLibraries {
  private static final String ENGINE = "pytorch";
  private static final String BRIDGE = System.mapLibraryName("djl_torch");

  private final Path cache = NativeLibraries.folder(ENGINE);
  // Looks for a GPU, and so needs what the line above has prepared.
  private final Platform platform = Platform.detectPlatform(ENGINE);
  private final String version = platform.getVersion().split("-", 2)[0];
  private final TorchVariables variables = new TorchVariables(version);
  private final Optional<Path> own = variables.folder();

  private TorchLibraries() {}

  /**
   * Loads libtorch.
   *
   * @throws UserException when it does not load; the message names the folder or the variable that it is for
   */
  static Engine start() {
    TorchLibraries libraries = new TorchLibraries();
    libraries.bundle().ifPresent(NativeLibraries::provide);
    try {
      return Engine.getEngine("PyTorch");
    } catch (EngineException | LinkageError e) {
      throw libraries.refused(e);
    }
  }

  /**
   * Makes libtorch for CUDA the one that is started, unless the user's variables name another. It is in the process
   * then.
   *
   * @param capability ten times the compute capability of the GPU that it is for
   * @return why that cannot be; the CPU's is started as if this had not been asked
   */
  static Optional<String> chooseGpu(int capability) {
    TorchLibraries libraries = new TorchLibraries();
    if (libraries.own.isPresent()) {
      return Optional.empty();
    }
    try {
      Optional<GpuLibraries> installed = GpuLibraries.installed();
      if (installed.isEmpty()) {
        return Optional.of("libtorch for CUDA is not installed; «gpu install» does that");
      }
      GpuLibraries gpu = installed.get();
      Optional<String> fault = gpu.misfit(libraries.version, capability).or(gpu::load);
      if (fault.isEmpty()) {
        libraries.variables.choose(gpu.libtorch());
      }
      return fault;
    } catch (UserException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Where the libtorch lies that was started. */
  static Path started() {
    return Path.of(LibUtils.getLibtorchPath());
  }

  /** What has to lie in the cache: libtorch and DJL's bridge to it, or the bridge alone to a libtorch of one's own. */
  private Optional<LibraryBundle> bundle() {
    if (own.isEmpty()) {
      return platform.isPlaceholder() ? Optional.empty()
          : LibraryBundle.find("libtorch", folder(platform.getVersion(), platform.getFlavor()), resources());
    }
    if (Files.exists(own.get().resolve(BRIDGE)) || Files.exists(own.get().resolve(bridgeName()))) {
      return Optional.empty();
    }
    return Optional.of(bridge(variables.flavour()).orElseThrow(() -> new UserException(TorchVariables.FLAVOUR + " is '"
        + variables.flavour() + "', and " + own.get() + ", which " + TorchVariables.FOLDER + " names, needs one of "
        + flavours() + ". Set it to what that libtorch was built for, or unset both to use the CPU's.")));
  }

  private Optional<LibraryBundle> bridge(String flavour) {
    return LibraryBundle.find("libtorch's bridge",
        folder(variables.version().orElse(platform.getVersion()), flavour), Map.of(bridgeName(), bridgeOf(flavour)));
  }

  private Path folder(String version, String flavour) {
    return Path.of(ENGINE, version + "-" + flavour + "-" + platform.getClassifier());
  }

  private String bridgeName() {
    return platform.getApiVersion() + "-" + BRIDGE;
  }

  private String bridgeOf(String flavour) {
    return "jnilib/" + platform.getClassifier() + "/" + flavour + "/" + BRIDGE;
  }

  private String flavours() {
    return Stream.of("cpu", TorchVariables.CUDA).filter(each -> bridge(each).isPresent()).collect(Collectors.joining(", "));
  }

  private Map<String, String> resources() {
    Map<String, String> resources = new LinkedHashMap<>();
    String from = ENGINE + "/" + platform.getFlavor() + "/" + platform.getClassifier() + "/";
    Arrays.stream(platform.getLibraries()).filter(file -> !file.equals(TorchVariables.LIBTORCH))
        .forEach(file -> resources.put(file, from + file));
    resources.put(bridgeName(), bridgeOf(platform.getFlavor()));
    // DJL takes the whole folder for there when it finds this one.
    resources.put(TorchVariables.LIBTORCH, from + TorchVariables.LIBTORCH);
    return resources;
  }

  private UserException refused(Throwable failure) {
    String reason = " does not load: " + LoadFailure.reason(failure) + ". ";
    return new UserException(own.map(folder -> "libtorch in " + folder + " (" + TorchVariables.FOLDER + ")" + reason
        + "It has to be libtorch " + version + " built for what " + TorchVariables.FLAVOUR + " says, which is '"
        + variables.flavour() + "'; one for CUDA needs NVIDIA's driver and its libraries beside it. Unset both to use"
        + " the CPU's.").orElseGet(() -> "libtorch in " + cache + reason + LoadFailure.ADVICE), failure);
  }
}
