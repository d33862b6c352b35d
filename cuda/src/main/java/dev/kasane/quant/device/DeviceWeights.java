package dev.kasane.quant.device;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Module;
import dev.kasane.quant.DecodedWeight;
import dev.kasane.quant.FourBitWeight;
import dev.kasane.quant.Int8Weight;
import dev.kasane.quant.QuantisedWeight;
import dev.kasane.quant.cuda.DeviceKernels;

/** Moves quantised weights into the memory of a device whose kernels decode and multiply them. */
public final class DeviceWeights {
  private DeviceWeights() {}

  /**
   * A weight on a device. The one it is made from may be closed after it.
   *
   * @param owner owner of the codes and scales, on that device
   * @param kernels those of that device
   */
  public static DecodedWeight of(QuantisedWeight weight, NDManager owner, DeviceKernels kernels) {
    if (weight instanceof FourBitWeight fourBit) {
      return new FourBitDeviceWeight(fourBit, owner, kernels);
    }
    if (weight instanceof Int8Weight int8) {
      return new Int8DeviceWeight(int8, owner, kernels);
    }
    throw new IllegalArgumentException("There are no kernels for weights in " + weight.storage());
  }

  /**
   * Moves a model's quantised weights, layer by layer; dense ones stay where they are.
   *
   * @param root a loaded model; adapters see the moved weights from then on
   * @param owner owner of the codes, on that device
   * @param kernels those of that device
   * @return how many were moved
   */
  public static int move(Module root, NDManager owner, DeviceKernels kernels) {
    int moved = 0;
    for (AdaptableLayer layer : root.adaptableLayers().values()) {
      if (layer.weight() instanceof QuantisedWeight quantised) {
        layer.replaceWeight(of(quantised, owner, kernels));
        quantised.codes().close();
        moved++;
      }
    }
    return moved;
  }
}
