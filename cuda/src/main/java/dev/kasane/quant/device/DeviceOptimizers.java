package dev.kasane.quant.device;

import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.StateMemory;
import dev.kasane.quant.cuda.CopyQueue;
import dev.kasane.quant.cuda.DeviceKernels;
import dev.kasane.quant.optimizer.AdamW8bit;
import dev.kasane.quant.optimizer.Optimizers;

/** AdamW for parameters on a device, whose kernels move them: one launch for all that share a learning rate. */
public final class DeviceOptimizers {
  /** A page that a bus fills in a few milliseconds. */
  public static final long PAGE_BYTES = 32L << 20;

  private DeviceOptimizers() {}

  /**
   * A factory.
   *
   * @param settings the constants
   * @param eightBits whether moments are kept in 8 bits
   * @param kernels those of the device
   */
  public static OptimizerFactory adamW(AdamW.Settings settings, boolean eightBits, DeviceKernels kernels) {
    return (parameters, rateFactor, owner) -> new AdamW8bit(parameters, settings, rateFactor, StateMemory.of(owner),
        new KernelAdamWork(kernels.quant(), owner, StatePlace.onDevice()), least8Bit(eightBits));
  }

  /**
   * The same with states in pinned memory of the host. Two pages of them are on the device at a time, so that the room
   * they take there does not grow with them, and a batch that needs more than others finds it.
   *
   * @param queue copies pages; the optimiser closes it
   * @param pageBytes of one page, such as {@link #PAGE_BYTES}
   */
  public static OptimizerFactory pagedAdamW(
      AdamW.Settings settings, boolean eightBits, DeviceKernels kernels, CopyQueue queue, long pageBytes) {
    return (parameters, rateFactor, owner) -> {
      PinnedStates states = new PinnedStates(queue, owner);
      return Optimizers.releasing(states::close, () -> new AdamW8bit(parameters, settings, rateFactor, states,
          new KernelAdamWork(kernels.quant(), owner, new StatePages(queue, owner, pageBytes)), least8Bit(eightBits)));
    };
  }

  private static long least8Bit(boolean eightBits) {
    return eightBits ? AdamW8bit.LEAST_8BIT : Long.MAX_VALUE;
  }
}
