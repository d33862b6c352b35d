package dev.kasane.testkit;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtDeviceType;
import dev.kasane.core.tensor.Engines;
import java.security.CodeSource;

/**
 * libtorch's {@code meta} device, whose tensors have a type and a shape and no values: stands for a GPU where there is
 * none. What is computed on it fails where a tensor was made on the host by mistake or is read in place. libtorch
 * itself sees to most of it, and scripts to the rest as long as Java's assertions are on.
 */
public final class MetaDevice {
  public static final Device META = Device.of("meta", -1);

  private MetaDevice() {}

  /** Returns a manager without a parent whose tensors are made on the device; the caller closes it. */
  public static NDManager newManager() {
    if (!MetaDevice.class.desiredAssertionStatus()) {
      throw new IllegalStateException("Without Java's assertions nothing would be looked at");
    }
    if (!source(PtDeviceType.class).equals(source(MetaDevice.class))) {
      throw new IllegalStateException("Name the test kit first among the dependencies, before what brings DJL");
    }
    return Engines.newManager(META);
  }

  private static CodeSource source(Class<?> type) {
    return type.getProtectionDomain().getCodeSource();
  }
}
