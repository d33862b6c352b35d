package dev.kasane.core.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Starts libtorch once, with the settings that Kasane relies on. When it does not load, every method throws a
 * {@link UserException} that says why.
 */
public final class Engines {
  private static volatile Engine engine;

  private Engines() {}

  // No constant: a class whose constants could not be made tells the reason only once.
  private static Engine engine() {
    Engine known = engine;
    return known == null ? start() : known;
  }

  private static synchronized Engine start() {
    if (engine == null) {
      engine = load();
    }
    return engine;
  }

  /**
   * Starts libtorch for CUDA: the one that the user's variables name, or the one that is installed. Has to be asked
   * before anything else starts the engine.
   *
   * @param capability ten times the compute capability of the GPU that is to be used: 90 for 9.0
   * @return why there is none, in a line; the CPU's is started when the engine is needed
   * @throws UserException when the user's variables name one that does not load
   */
  public static synchronized Optional<String> startForGpu(int capability) {
    if (engine == null) {
      Optional<String> reason = TorchLibraries.chooseGpu(capability);
      if (reason.isPresent()) {
        return reason;
      }
      engine = load();
    }
    Path folder = TorchLibraries.started();
    return Files.exists(folder.resolve(System.mapLibraryName("torch_cuda"))) ? Optional.empty()
        : Optional.of("libtorch in " + folder + " is one for the CPU");
  }

  private static Engine load() {
    System.setProperty("OPT_OUT_TRACKING", "true");
    Engine engine = TorchLibraries.start();
    // The profiling executor needs warm-up runs for each shape and was no faster for these scripts.
    JniUtils.setGraphExecutorOptimize(false);
    OperatorThreads.begin();
    return engine;
  }

  /** Makes sure that the engine is up. */
  public static void prepare() {
    engine().getEngineName();
  }

  /**
   * Returns a manager without a parent, on the CPU; the caller closes it. DJL alone would take a GPU where there is
   * one, and much that is done here reads tensors in place.
   */
  public static NDManager newManager() {
    return newManager(Device.cpu());
  }

  /**
   * Returns a manager without a parent, whose tensors are made on a device; the caller closes it. Every tensor lies on
   * its manager's device: so whoever is given a manager makes tensors where they are needed.
   */
  public static NDManager newManager(Device device) {
    return engine().newBaseManager(device);
  }

  /** Seeds libtorch's default generators. */
  public static void seed(long seed) {
    prepare();
    TorchBridge.seed(seed);
  }

  /** Returns how many threads one operator of this thread may use now. */
  public static int threads() {
    prepare();
    return TorchBridge.threads();
  }

  /** Returns where libtorch lies. */
  public static Path folder() {
    prepare();
    return TorchLibraries.started();
  }

  /** Returns libtorch's version. */
  public static String version() {
    return engine().getVersion();
  }
}
