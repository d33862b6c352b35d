package org.example.acme;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/** A third party's method: a low-rank product of linear layers, under names of its own. */
@Extension
public final class SlimMethod implements AdapterMethod {
  private static final String IN = "slim_in";
  private static final String OUT = "slim_out";

  @Override
  public String id() {
    return "slim-product";
  }

  @Override
  public String description() {
    return "A product of two narrow matrices.";
  }

  @Override
  public List<AdapterOption> options() {
    return List.of();
  }

  @Override
  public boolean supports(TargetLayer layer) {
    return layer.kind() == TargetLayer.Kind.LINEAR;
  }

  @Override
  public Set<String> parameters() {
    return Set.of(IN, OUT);
  }

  @Override
  public Optional<ModuleFacts> facts(ModuleHeader saved) {
    return saved.hasAny(IN, OUT) ? Optional.of(ModuleFacts.of(id())
        .size(ModuleFacts.RANK, saved.size(IN, 0)).reads(saved.shapes().get(IN))
        .fault(!saved.hasAll(IN, OUT), ModuleFacts.INCOMPLETE)) : Optional.empty();
  }

  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    return isOwn(saved) ? Optional.of(new Shape(saved.tensors().get(OUT).getShape().get(0),
        saved.tensors().get(IN).getShape().get(1))) : Optional.empty();
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    return (layer, scope) ->
        new Product(layer, scope.zeros(new Shape(4, layer.inputs())), scope.ones(new Shape(layer.outputs(), 4)));
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return isOwn(saved) ? Optional.of(new Product(layer, copy(saved, IN, scope), copy(saved, OUT, scope)))
        : Optional.empty();
  }

  private static boolean isOwn(AdapterModule saved) {
    return saved.tensors().keySet().equals(Set.of(IN, OUT));
  }

  private static NDArray copy(AdapterModule saved, String name, NDManager scope) {
    NDArray owned = OPS.cast(saved.tensors().get(name), DataType.FLOAT32).duplicate();
    owned.attach(scope);
    return owned;
  }

  private record Product(TargetLayer layer, NDArray in, NDArray out) implements LayerAdapter {
    @Override
    public NDArray weightDelta(NDManager scope, double multiplier) {
      NDArray delta = OPS.scale(out.matMul(in), multiplier);
      delta.attach(scope);
      return delta;
    }

    @Override
    public Map<String, NDArray> tensors() {
      return Map.of(IN, in, OUT, out);
    }
  }
}
