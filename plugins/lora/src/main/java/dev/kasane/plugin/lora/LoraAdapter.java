package dev.kasane.plugin.lora;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.lowrank.DetourDropouts;
import dev.kasane.core.lowrank.LowRank;
import dev.kasane.core.lowrank.NarrowProduct;
import dev.kasane.core.lowrank.NarrowUpdate;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.spi.TargetLayer.Kind;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * ΔW = alpha/rank · B·A (Hu et al. 2021, "LoRA", equation 3). For a convolution A has the layer's kernel
 * and B is 1×1; in Tucker form A is 1×1 as well and the kernel lies between them.
 */
final class LoraAdapter extends PairAdapter implements NarrowUpdate {
  private final DetourDropouts dropouts;

  /**
   * @param layer the layer
   * @param factors the live parameters
   * @param scale rank and alpha
   * @param dropouts what is left out in training
   */
  LoraAdapter(TargetLayer layer, LowRank factors, RankScale scale, DetourDropouts dropouts) {
    super(layer, factors, scale);
    this.dropouts = dropouts;
  }

  @Override
  public NDArray forward(NDArray x, double multiplier, Phase phase) {
    DetourDropouts drops = dropsIn(phase);
    return drops.skipsModule()
        ? layer.apply(x, x.getManager().zeros(layer.weight().shape()))
        : update(x, multiplier, drops);
  }

  @Override
  public NDArray addTo(NDArray y, NDArray x, double multiplier, Phase phase) {
    DetourDropouts drops = dropsIn(phase);
    double factor = scale.factor() * multiplier;
    if (layer.kind() == Kind.CONV2D) {
      return super.addTo(y, x, multiplier, phase);
    } else if (drops.equals(DetourDropouts.NONE)) {
      return OPS.addLowRank(y, x, factors.down(), factors.up(), factor);
    }
    return drops.skipsModule() ? y : OPS.addProduct(y, hidden(x, drops), factors.up(), factor);
  }

  @Override
  public Optional<List<NarrowProduct>> products(double multiplier, Phase phase) {
    return layer.kind() == Kind.LINEAR && dropsIn(phase).equals(DetourDropouts.NONE)
        ? Optional.of(List.of(new NarrowProduct(factors.down(), factors.up(), scale.factor() * multiplier)))
        : Optional.empty();
  }

  private DetourDropouts dropsIn(Phase phase) {
    return phase == Phase.TRAINING ? dropouts : DetourDropouts.NONE;
  }

  private NDArray update(NDArray x, double multiplier, DetourDropouts drops) {
    // The scale goes on the narrow side of the detour.
    NDArray hidden = OPS.scale(hidden(x, drops), scale.factor() * multiplier);
    return layer.applyUp(hidden, factors.up());
  }

  private NDArray hidden(NDArray x, DetourDropouts drops) {
    NDArray in = drops.onInput(x);
    NDArray product = factors.mid() == null
        ? layer.applyDown(in, factors.down())
        : layer.applyDown(layer.applyUp(in, factors.down()), factors.mid());
    return drops.onHidden(product, rankAxis(product));
  }

  private int rankAxis(NDArray product) {
    return layer.kind() == Kind.CONV2D ? 1 : product.getShape().dimension() - 1;
  }

  @Override
  public NDArray weightDelta(NDManager scope, double multiplier) {
    return factors.delta(scope, layer.weight().shape(), scale.factor() * multiplier);
  }

  @Override
  public double deltaNorm(NDManager scope) {
    OptionalDouble norm = factors.norm();
    return norm.isPresent() ? Math.abs(scale.factor()) * norm.getAsDouble()
        : super.deltaNorm(scope);
  }
}
