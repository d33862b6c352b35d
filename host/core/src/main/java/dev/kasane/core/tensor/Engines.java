package dev.kasane.core.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.TorchBridge;

/**
 * Starts libtorch once, with the settings that Kasane relies on. When it does not load, every method throws a
 * {@link dev.kasane.core.UserException} that says why.
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
    return engine().newBaseManager(Device.cpu());
  }

  /** Seeds libtorch's default generators. */
  public static void seed(long seed) {
    TorchBridge.seed(seed);
  }

  /** Returns how many threads one operator of this thread may use now. */
  public static int threads() {
    prepare();
    return TorchBridge.threads();
  }

  /** Returns libtorch's version. */
  public static String version() {
    return engine().getVersion();
  }
}
