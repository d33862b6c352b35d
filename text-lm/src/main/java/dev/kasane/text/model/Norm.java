package dev.kasane.text.model;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.LayerNorm;
import dev.kasane.core.module.RmsNorm;
import java.util.function.UnaryOperator;

/** A normalisation of whatever kind the family has. */
final class Norm {
  private final UnaryOperator<NDArray> operator;

  /** Makes a normalisation and places its weights in a tree. */
  Norm(ModuleTree tree, String path, DecoderConfig config) {
    double epsilon = config.norm().epsilon();
    if (config.norm().kind() == NormConfig.Kind.LAYER) {
      operator = tree.place(path, new LayerNorm(config.width(), epsilon))::forward;
    } else {
      boolean fromOne = config.norm().kind() == NormConfig.Kind.RMS_FROM_ONE;
      operator = tree.place(path, new RmsNorm(config.width(), epsilon, fromOne))::forward;
    }
  }

  NDArray forward(NDArray x) {
    return operator.apply(x);
  }
}
