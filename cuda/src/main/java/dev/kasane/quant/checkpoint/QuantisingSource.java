package dev.kasane.quant.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorTransform;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.quant.LinearNames;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.Quantizer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A dense checkpoint whose linear layers are quantised while a model is loaded from it, so that memory never
 * holds more than one of them dense. A view: closing it does nothing.
 */
public final class QuantisingSource implements TensorSource {
  private final TensorSource source;
  private final QuantisationSettings settings;
  private final List<String> skips;

  /**
   * @param source the dense checkpoint, under the model's names
   * @param settings how to quantise
   * @param skips see {@link LinearNames#isLinear}
   */
  public QuantisingSource(TensorSource source, QuantisationSettings settings, List<String> skips) {
    this.source = source;
    this.settings = settings;
    this.skips = List.copyOf(skips);
  }

  @Override
  public Optional<FrozenWeight> quantised(String name, DataType type, NDManager owner) {
    Optional<FrozenWeight> already = source.quantised(name, type, owner);
    if (already.isPresent() || !isQuantised(name)) {
      return already;
    }
    try (NDManager scratch = owner.newSubManager(); GradMode off = GradMode.off()) {
      NDArray dense = TensorTransform.contiguous(source.read(name, scratch), scratch);
      return Optional.of(Quantizer.quantise(name, OPS.cast(dense, type), settings, owner));
    }
  }

  @Override
  public boolean isQuantised(String name) {
    return source.isQuantised(name) || LinearNames.isLinear(name, shape(name), skips);
  }

  @Override
  public Set<String> names() {
    return source.names();
  }

  @Override
  public Shape shape(String name) {
    return source.shape(name);
  }

  @Override
  public DType dtype(String name) {
    return source.dtype(name);
  }

  @Override
  public NDArray read(String name, NDManager owner) {
    return source.read(name, owner);
  }

  @Override
  public String origin(String name) {
    return source.origin(name);
  }

  @Override
  public String location() {
    return source.location();
  }

  @Override
  public Map<String, String> metadata() {
    return source.metadata();
  }

  @Override
  public void close() {}
}
