package dev.kasane.core.tensor;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import dev.kasane.core.UserException;
import dev.kasane.core.natives.LibraryBundle;
import dev.kasane.core.natives.LoadFailure;
import dev.kasane.core.natives.NativeLibraries;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** libtorch's libraries: those of this distribution for the CPU, or others that the user's variables name. */
final class TorchLibraries {
  private static final String ENGINE = "pytorch";
  private static final String FOLDER = "PYTORCH_LIBRARY_PATH";
  private static final String EXTRA = "PYTORCH_EXTRA_LIBRARY_PATH";
  private static final String VERSION = "PYTORCH_VERSION";
  private static final String FLAVOUR = "PYTORCH_FLAVOR";
  private static final String LIBTORCH = System.mapLibraryName("torch");
  private static final String BRIDGE = System.mapLibraryName("djl_torch");

  private final Platform platform;
  private final Optional<Path> own;

  private TorchLibraries(Platform platform, Optional<Path> own) {
    this.platform = platform;
    this.own = own;
  }

  /**
   * Loads libtorch.
   *
   * @throws UserException when it does not load; the message names the folder or the variable that it is for
   */
  static Engine start() {
    Path cache = NativeLibraries.folder(ENGINE);
    Platform platform = Platform.detectPlatform(ENGINE);
    checkVersion(platform);
    checkExtra();
    TorchLibraries libraries = new TorchLibraries(platform, ownFolder());
    libraries.bundle().ifPresent(NativeLibraries::provide);
    try {
      return Engine.getEngine("PyTorch");
    } catch (EngineException | LinkageError e) {
      throw libraries.refused(cache, e);
    }
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(Utils.getEnvOrSystemProperty(name)).filter(value -> !value.isEmpty());
  }

  /** The folder with a libtorch of the user's own. DJL would fall back to another when there is none in it. */
  private static Optional<Path> ownFolder() {
    return variable(FOLDER).map(value -> Stream.of(value.split(File.pathSeparator)).map(Path::of)
        .map(place -> place.endsWith(LIBTORCH) ? place.toAbsolutePath().getParent() : place)
        .filter(place -> Files.isRegularFile(place.resolve(LIBTORCH))).findFirst()
        .orElseThrow(() -> new UserException(FOLDER + " is '" + value + "', and there is no " + LIBTORCH + " in it. Name"
            + " the folder 'lib' of libtorch " + baseVersion(Platform.detectPlatform(ENGINE)) + ", or unset it to use the"
            + " CPU's.")));
  }

  /** DJL would fetch another version, which its bridge of this one does not fit. */
  private static void checkVersion(Platform platform) {
    String needed = baseVersion(platform);
    variable(VERSION).filter(version -> !version.startsWith(needed)).ifPresent(version -> {
      throw new UserException(VERSION + " is '" + version + "', and this program works with libtorch " + needed
          + ". Set it to that and " + FOLDER + " to a folder with it, or unset both.");
    });
  }

  private static void checkExtra() {
    variable(EXTRA).stream().flatMap(value -> Stream.of(value.split(","))).filter(file -> !Files.exists(Path.of(file)))
        .findFirst().ifPresent(file -> {
          throw new UserException(EXTRA + " names " + file + ", which does not exist. Correct or unset it.");
        });
  }

  private static String baseVersion(Platform platform) {
    return platform.getVersion().split("-", 2)[0];
  }

  /** What has to lie in the cache: libtorch and DJL's bridge to it, or the bridge alone to a libtorch of one's own. */
  private Optional<LibraryBundle> bundle() {
    if (own.isEmpty()) {
      return platform.isPlaceholder() ? Optional.empty() : LibraryBundle.find("libtorch", folder(platform.getVersion(),
          platform.getFlavor()), resources());
    }
    if (Files.exists(own.get().resolve(BRIDGE)) || Files.exists(own.get().resolve(bridgeName()))) {
      return Optional.empty();
    }
    String version = variable(VERSION).orElse(platform.getVersion());
    String flavour = variable(FLAVOUR).orElse("");
    return Optional.of(bridgeBundle(version, flavour).orElseThrow(() -> new UserException(FLAVOUR + " is '" + flavour
            + "', and " + own.get() + ", which " + FOLDER + " names, needs one of " + flavours() + ". Set it to what that"
            + " libtorch was built for, or unset both to use the CPU's.")));
  }

  private Optional<LibraryBundle> bridgeBundle(String version, String flavour) {
    return LibraryBundle.find("libtorch's bridge", folder(version, flavour), Map.of(bridgeName(), bridge(flavour)));
  }

  private Path folder(String version, String flavour) {
    return Path.of(ENGINE, version + "-" + flavour + "-" + platform.getClassifier());
  }

  private String bridgeName() {
    return platform.getApiVersion() + "-" + BRIDGE;
  }

  private String bridge(String flavour) {
    return "jnilib/" + platform.getClassifier() + "/" + flavour + "/" + BRIDGE;
  }

  private String flavours() {
    return Stream.of("cpu", "cu128").filter(each -> bridgeBundle("", each).isPresent())
        .collect(Collectors.joining(", "));
  }

  private Map<String, String> resources() {
    Map<String, String> resources = new LinkedHashMap<>();
    String from = ENGINE + "/" + platform.getFlavor() + "/" + platform.getClassifier() + "/";
    Arrays.stream(platform.getLibraries()).filter(file -> !file.equals(LIBTORCH))
        .forEach(file -> resources.put(file, from + file));
    resources.put(bridgeName(), bridge(platform.getFlavor()));
    // DJL takes the whole folder for there when it finds this one.
    resources.put(LIBTORCH, from + LIBTORCH);
    return resources;
  }

  private UserException refused(Path cache, Throwable failure) {
    String reason = LoadFailure.reason(failure);
    if (own.isPresent()) {
      return new UserException("libtorch in " + own.get() + " (" + FOLDER + ") does not load: " + reason + ". It has to"
          + " be libtorch " + baseVersion(platform) + " for what " + FLAVOUR + " says (" + variable(FLAVOUR).orElse("nothing")
          + "), and one for CUDA needs NVIDIA's driver and its libraries beside it. Unset both to use the CPU.", failure);
    }
    return new UserException("libtorch in " + cache + " does not load: " + reason + ". Remove that folder"
        + " to have it unpacked anew; a disk that runs no programs (noexec) needs DJL_CACHE_DIR set to a folder on"
        + " another.", failure);
  }
}
