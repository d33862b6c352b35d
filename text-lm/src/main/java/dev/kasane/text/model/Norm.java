package dev.kasane.text.model;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.module.LayerNorm;
import dev.kasane.core.module.Module;
import dev.kasane.core.module.RmsNorm;
import dev.kasane.core.module.Weight;
import dev.kasane.core.spi.FrozenWeight;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A normalisation of whatever kind the family has. */
final class Norm {
  private final UnaryOperator<NDArray> operator;
  private final BooleanSupplier bare;
  private final Weight scale;
  private final Optional<Weight> shift;

  /** Makes a normalisation and places its weights in a tree. */
  Norm(ModuleTree tree, String path, DecoderConfig config) {
    double epsilon = config.norm().epsilon();
    Module module;
    if (config.norm().kind() == NormConfig.Kind.LAYER) {
      LayerNorm norm = tree.place(path, new LayerNorm(config.width(), epsilon));
      operator = norm::forward;
      bare = () -> norm.attachments().isEmpty();
      module = norm;
    } else {
      boolean fromOne = config.norm().kind() == NormConfig.Kind.RMS_FROM_ONE;
      RmsNorm norm = tree.place(path, new RmsNorm(config.width(), epsilon, fromOne));
      operator = norm::forward;
      bare = () -> true;
      module = norm;
    }
    scale = module.weightPlaces().get("weight");
    shift = Optional.ofNullable(module.weightPlaces().get("bias"));
  }

  /** Whether it has no adapter. */
  boolean isBare() {
    return bare.getAsBoolean();
  }

  /** What the normalised values are multiplied with. */
  FrozenWeight scale() {
    return scale.get();
  }

  /** What is added to them, if anything. */
  Optional<FrozenWeight> shift() {
    return shift.map(Weight::get);
  }

  NDArray forward(NDArray x) {
    return operator.apply(x);
  }
}
