package dev.kasane.core.injection;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a method would put on a model, without keeping it: layers of the same shape and options are asked
 * once, so that sizes of large models cost next to nothing.
 */
public final class AdapterSizes {
  private record Question(TargetLayer.Kind kind, Shape shape, Map<String, Object> options) {}

  private AdapterSizes() {}

  /**
   * The shapes of all parameters that {@link Injector#attachFresh} would make.
   *
   * @param root a model whose layers have weights, of whatever values
   * @return by layer path the parameters by name
   * @throws dev.kasane.core.UserException as {@link Injector#attachFresh}
   */
  public static Map<String, Map<String, Shape>> of(
      Module root, TargetSelector selector, MethodChoice choice, NDManager scope) {
    Map<Question, Map<String, Shape>> answers = new HashMap<>();
    Map<String, Map<String, Shape>> sizes = new LinkedHashMap<>();
    choice.targets(root, selector).forEach((path, layer) -> {
      AdapterOptions own = choice.optionsFor(path);
      Question question = new Question(layer.kind(), layer.weight().shape(), own.values());
      sizes.put(path, answers.computeIfAbsent(question, asked -> shapes(choice.prepared(own), layer, scope)));
    });
    return sizes;
  }

  private static Map<String, Shape> shapes(PreparedMethod method, TargetLayer layer, NDManager parent) {
    try (NDManager scope = parent.newSubManager()) {
      Map<String, Shape> shapes = new LinkedHashMap<>();
      Map<String, NDArray> tensors = method.attach(layer, scope).tensors();
      tensors.forEach((name, tensor) -> shapes.put(name, tensor.getShape()));
      return shapes;
    }
  }
}
