package dev.kasane.quant.device;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Module;
import dev.kasane.core.module.Weight;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.quant.DecodedWeight;
import dev.kasane.quant.FourBitWeight;
import dev.kasane.quant.Int8Weight;
import dev.kasane.quant.QuantisedWeight;
import dev.kasane.quant.cuda.DeviceKernels;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Moves weights into the memory of a device; its kernels decode and multiply the quantised ones. */
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
   * Moves a model's weights, one by one; those that share their values go on sharing them.
   *
   * @param root a loaded model; adapters see the moved weights from then on
   * @param owner owner of the weights, on that device
   * @param kernels those of that device
   * @return how many of them are quantised
   */
  public static int move(Module root, NDManager owner, DeviceKernels kernels) {
    Map<Weight, FrozenWeight> before = new LinkedHashMap<>();
    root.weightPlaces().values().stream().filter(Weight::isSet).forEach(place -> before.put(place, place.own()));
    Map<FrozenWeight, FrozenWeight> moved = new IdentityHashMap<>();
    before.forEach((place, weight) -> place.set(moved.computeIfAbsent(weight, each -> moved(each, owner, kernels))));
    return (int) moved.keySet().stream().filter(QuantisedWeight.class::isInstance).count();
  }

  private static FrozenWeight moved(FrozenWeight weight, NDManager owner, DeviceKernels kernels) {
    if (weight instanceof QuantisedWeight quantised) {
      FrozenWeight there = of(quantised, owner, kernels);
      quantised.codes().close();
      return there;
    }
    return weight instanceof DenseWeight dense ? new DenseWeight(OPS.moved(owner, dense.array(), owner.getDevice())) : weight;
  }
}
