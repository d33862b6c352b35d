package dev.kasane.core.injection;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Another adapter, and a difference of the layer's bias beside it. */
final class BiasedAdapter implements LayerAdapter {
  private final LayerAdapter adapter;
  /** (out), float32. */
  private final NDArray bias;

  private BiasedAdapter(LayerAdapter adapter, NDArray bias) {
    this.adapter = adapter;
    this.bias = bias;
  }

  /**
   * Puts a file's difference of the bias beside what was restored of the rest.
   *
   * @param adapter the rest
   * @param stored the difference, (out)
   * @param scope owner of the copy
   * @throws UserException when the layer has no such bias
   */
  static LayerAdapter of(LayerAdapter adapter, NDArray stored, NDManager scope) {
    TargetLayer layer = adapter.layer();
    if (!layer.hasBias() || stored.getShape().dimension() != 1 || stored.size() != layer.outputs()) {
      throw new UserException("Layer " + layer.path() + ": " + AdapterModule.BIAS_DIFFERENCE + " has shape "
          + stored.getShape() + ", but this base's layer has " + (layer.hasBias()
          ? "a bias of (" + layer.outputs() + ")" : "no bias") + ". The adapter was made for another base model.");
    }
    return new BiasedAdapter(adapter, WholeWeights.copy(stored, scope));
  }

  @Override
  public TargetLayer layer() {
    return adapter.layer();
  }

  @Override
  public NDArray forward(NDArray x, double multiplier, Phase phase) {
    return shift(adapter.forward(x, multiplier, phase), multiplier);
  }

  @Override
  public NDArray addTo(NDArray y, NDArray x, double multiplier, Phase phase) {
    return shift(adapter.addTo(y, x, multiplier, phase), multiplier);
  }

  /** One number for each channel: the last axis of vectors, the second of pictures. */
  private NDArray shift(NDArray y, double multiplier) {
    if (layer().kind() != TargetLayer.Kind.CONV2D) {
      return OPS.addScaled(y, bias, multiplier);
    }
    try (NDArray channels = bias.reshape(1, -1, 1, 1)) {
      return OPS.addScaled(y, channels, multiplier);
    }
  }

  @Override
  public NDArray weightDelta(NDManager scope, double multiplier) {
    return adapter.weightDelta(scope, multiplier);
  }

  @Override
  public Optional<NDArray> biasDelta(NDManager scope, double multiplier) {
    NDArray own = OPS.scale(bias, multiplier);
    own.attach(scope);
    return Optional.of(own);
  }

  @Override
  public double deltaNorm(NDManager scope) {
    return adapter.deltaNorm(scope);
  }

  @Override
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> all = new LinkedHashMap<>(adapter.tensors());
    all.put(AdapterModule.BIAS_DIFFERENCE, bias);
    return all;
  }

  @Override
  public Map<String, Double> constants() {
    return adapter.constants();
  }

  @Override
  public Map<String, Double> facts() {
    return adapter.facts();
  }
}
