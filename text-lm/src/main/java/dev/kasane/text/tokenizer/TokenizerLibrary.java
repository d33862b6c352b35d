package dev.kasane.text.tokenizer;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import dev.kasane.core.UserException;
import dev.kasane.core.natives.LibraryBundle;
import dev.kasane.core.natives.LoadFailure;
import dev.kasane.core.natives.NativeLibraries;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The native library of Hugging Face's tokenizers. */
final class TokenizerLibrary {
  private static final String ENGINE = "tokenizers";
  private static final String FOLDER = "RUST_LIBRARY_PATH";
  private static final String FLAVOUR = "RUST_FLAVOR";
  private static final String CPU = "cpu";

  private TokenizerLibrary() {}

  /**
   * Loads it, if that has not been done.
   *
   * @throws UserException when it does not load; the message names the folder or the variable that it is for
   */
  static synchronized void start() {
    System.setProperty("OPT_OUT_TRACKING", "true");
    if (System.getenv(FLAVOUR) == null) {
      // On a machine with a GPU the library would fetch a build for it, which tokenising has no use for.
      System.setProperty(FLAVOUR, CPU);
    }
    Path cache = NativeLibraries.folder(ENGINE);
    if (Utils.getEnvOrSystemProperty(FOLDER) == null && CPU.equals(Utils.getEnvOrSystemProperty(FLAVOUR))) {
      bundle(Platform.detectPlatform(ENGINE)).ifPresent(NativeLibraries::provide);
    }
    try {
      LibUtils.checkStatus();
    } catch (EngineException | LinkageError e) {
      throw refused(cache, e);
    }
  }

  private static Optional<LibraryBundle> bundle(Platform platform) {
    List<String> files = System.getProperty("os.name").startsWith("Windows")
        ? List.of("libwinpthread-1.dll", "libgcc_s_seh-1.dll", "libstdc++-6.dll", System.mapLibraryName(ENGINE))
        : List.of(System.mapLibraryName(ENGINE));
    Map<String, String> resources = new LinkedHashMap<>();
    files.forEach(file ->
        resources.put(file, "native/lib/" + platform.getClassifier() + "/" + CPU + "/" + file));
    Path folder = Path.of(ENGINE, platform.getVersion() + "-" + CPU + "-" + platform.getClassifier());
    // With a GPU, DJL looks one folder deeper.
    String gpu = platform.getCudaArch();
    return LibraryBundle.find("the tokenisers", gpu == null ? folder : folder.resolve(gpu), resources);
  }

  private static UserException refused(Path cache, Throwable failure) {
    String own = Utils.getEnvOrSystemProperty(FOLDER);
    String place = own == null ? cache.toString() : own + " (" + FOLDER + ")";
    String advice = own == null ? LoadFailure.ADVICE
        : "Unset " + FOLDER + " to use the library that comes along.";
    return new UserException("The library of the tokenisers in " + place + " does not load: "
        + LoadFailure.reason(failure) + ". " + advice, failure);
  }
}
