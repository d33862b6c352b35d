package dev.kasane.core.injection;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks all methods whose module it is; two claims on one are refused, lest the order of plugins decide. Whatever is
 * made of a file (an attached adapter, a merged weight, a mix, a file in another format) goes through here, so all of
 * them take the same files.
 */
public final class ModuleRestorer {
  private static final Set<String> WHOLE = Set.of("weight", "bias");

  private final List<AdapterMethod> methods;

  /**
   * @param methods the methods to ask
   */
  public ModuleRestorer(List<? extends AdapterMethod> methods) {
    this.methods = List.copyOf(methods);
  }

  /**
   * A module that has found its method.
   *
   * @param method whose it is
   * @param adapter what the method made of it
   */
  public record Restored(AdapterMethod method, LayerAdapter adapter) {}

  /** Whether a module is a weight of its own where an update would have other names, and constants beside them. */
  public static boolean isWhole(AdapterModule module) {
    return module.constants().isEmpty() && !module.tensors().isEmpty()
        && WHOLE.containsAll(module.tensors().keySet());
  }

  /**
   * Restores a module on a layer.
   *
   * @param layer the layer, whose weight may be declared only
   * @param module what a file says of it
   * @param scope owner of the parameters
   * @return nothing when no method takes it; {@link #refusal} says why
   * @throws UserException when the module does not fit the layer, is none that could be, or is claimed twice
   */
  public Optional<Restored> restore(TargetLayer layer, AdapterModule module, NDManager scope) {
    requireNumbers(module);
    return ofMethod(layer, module, scope).or(() -> withBias(layer, module, scope));
  }

  private Optional<Restored> ofMethod(TargetLayer layer, AdapterModule module, NDManager scope) {
    Restored found = null;
    for (AdapterMethod method : methods) {
      if (layer.kind().isProduct() || method.supports(layer)) {
        Optional<LayerAdapter> adapter = method.restore(layer, module, scope);
        if (found != null && adapter.isPresent()) {
          throw new UserException("Layer " + module.path() + ": the methods " + found.method().id() + " and "
              + method.id() + " both claim " + new TreeSet<>(module.parameters()) + ". Remove the plugin of one of"
              + " them, and tell its author.");
        }
        found = adapter.map(made -> new Restored(method, made)).orElse(found);
      }
    }
    return Optional.ofNullable(found);
  }

  private Optional<Restored> withBias(TargetLayer layer, AdapterModule module, NDManager scope) {
    NDArray bias = module.tensors().get(AdapterModule.BIAS_DIFFERENCE);
    return bias == null ? Optional.empty() : ofMethod(layer, withoutBias(module), scope).map(rest ->
        new Restored(rest.method(), BiasedAdapter.of(rest.adapter(), bias, scope)));
  }

  private static AdapterModule withoutBias(AdapterModule module) {
    Map<String, NDArray> tensors = new LinkedHashMap<>(module.tensors());
    tensors.remove(AdapterModule.BIAS_DIFFERENCE);
    return new AdapterModule(module.path(), tensors, module.constants());
  }

  /**
   * The shape of a layer that a module is for, as its method reads it off the tensors.
   *
   * @throws UserException when the module is none that could be
   */
  public Optional<Shape> shapeOf(AdapterModule module) {
    requireNumbers(module);
    return shapeOfMethod(module).or(() -> shapeOfMethod(withoutBias(module)));
  }

  private Optional<Shape> shapeOfMethod(AdapterModule module) {
    return methods.stream().map(method -> method.shapeOf(module)).flatMap(Optional::stream).findFirst();
  }

  private static void requireNumbers(AdapterModule module) {
    for (Map.Entry<String, NDArray> each : module.tensors().entrySet()) {
      NDArray tensor = each.getValue();
      if (AdapterModule.FACTORS.contains(each.getKey())) {
        throw new UserException("Layer " + module.path() + ": " + each.getKey() + " has shape " + tensor.getShape()
            + ", expected a single number. The file is damaged.");
      }
      // Marks such as IA3's on_input are single whole numbers or truth values.
      if (tensor.size() == 0 || tensor.size() > 1 && !Ops.typeOf(tensor).isFloating()) {
        throw new UserException("Layer " + module.path() + ": " + each.getKey() + (tensor.size() == 0
            ? " has shape " + tensor.getShape() + ", which holds nothing" : " is stored as " + Ops.typeOf(tensor)
            + ", expected floating-point numbers") + ". The file is damaged.");
      }
    }
    module.constants().forEach((name, value) -> {
      if (!Double.isFinite(value.floatValue())) {
        throw new UserException("Layer " + module.path() + ": " + name + " is " + value + ", which is no number that"
            + " an adapter could be scaled by. The file is damaged.");
      }
    });
  }

  /**
   * Why {@link #restore} found no method for a module, a clause.
   *
   * @param layer the layer
   * @param module what a file says of it
   */
  public String refusal(TargetLayer layer, AdapterModule module) {
    return new Refusal(methods, layer, withoutBias(module)).reason();
  }
}
