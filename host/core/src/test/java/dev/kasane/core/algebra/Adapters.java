package dev.kasane.core.algebra;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.injection.BlockWeights;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small adapters for tests. */
final class Adapters {
  static final DeltaSource PLAIN = new DeltaSource(List.of(), LayerTable.of("no base", Map.of()));

  private Adapters() {}

  static AdapterModule linear(String path, int out, int in, int rank, double alpha, NDManager scope) {
    return module(path, new Shape(rank, in), new Shape(out, rank), alpha, scope);
  }

  static AdapterModule convolution(String path, int out, int in, int rank, double alpha, NDManager scope) {
    return module(path, new Shape(rank, in, 3, 3), new Shape(out, rank, 1, 1), alpha, scope);
  }

  static AdapterModule tucker(String path, int out, int in, int rank, double alpha, NDManager scope) {
    AdapterModule module = module(path, new Shape(rank, in, 1, 1), new Shape(out, rank, 1, 1), alpha, scope);
    module.tensors().put(LoraNames.MID, Ops.randomNormal(scope, new Shape(rank, rank, 3, 3)));
    return module;
  }

  private static AdapterModule module(String path, Shape down, Shape up, double alpha, NDManager scope) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    tensors.put(LoraNames.DOWN, Ops.randomNormal(scope, down));
    tensors.put(LoraNames.UP, Ops.randomNormal(scope, up));
    return new AdapterModule(path, tensors, Map.of(AdapterModule.ALPHA, alpha));
  }

  static AdapterModel model(AdapterModule... modules) {
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    components.put("unet", new ArrayList<>(List.of(modules)));
    return new AdapterModel(components, List.of(), Map.of());
  }

  static MixPart part(String name, AdapterModel model, double weight) {
    return new MixPart(name, model, weight, BlockWeights.none());
  }

  static NDArray delta(AdapterModel model, String path, NDManager scope) {
    AdapterModule module = model.components().get("unet").stream().filter(each -> each.path().equals(path))
        .findFirst().orElseThrow();
    return PLAIN.delta("unet", module, 1, scope);
  }

  /** ‖a − b‖ / ‖b‖. */
  static double error(NDArray a, NDArray b) {
    return ALGEBRA.distance(a, b) / ALGEBRA.norm(b);
  }
}
