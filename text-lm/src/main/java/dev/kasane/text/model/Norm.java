package dev.kasane.text.model;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.LayerNorm;
import dev.kasane.core.module.RmsNorm;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A normalisation of whatever kind the family has. */
final class Norm {
  private final UnaryOperator<NDArray> operator;
  private final Supplier<Optional<List<NDArray>>> plain;

  /** Makes a normalisation and places its weights in a tree. */
  Norm(ModuleTree tree, String path, DecoderConfig config) {
    double epsilon = config.norm().epsilon();
    if (config.norm().kind() == NormConfig.Kind.LAYER) {
      LayerNorm norm = tree.place(path, new LayerNorm(config.width(), epsilon));
      operator = norm::forward;
      plain = norm::plain;
    } else {
      boolean fromOne = config.norm().kind() == NormConfig.Kind.RMS_FROM_ONE;
      RmsNorm norm = tree.place(path, new RmsNorm(config.width(), epsilon, fromOne));
      operator = norm::forward;
      plain = norm::plain;
    }
  }

  /** Scale and, if it has one, shift, when there is nothing else to it. */
  Optional<List<NDArray>> plain() {
    return plain.get();
  }

  NDArray forward(NDArray x) {
    return operator.apply(x);
  }
}
