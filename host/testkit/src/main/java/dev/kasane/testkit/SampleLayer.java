package dev.kasane.testkit;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DeclaredWeight;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.Ops;
import java.util.function.Supplier;

/** The layers that contracts try an adapter on: small, with sizes that are all different. */
public enum SampleLayer {
  /** 7 features to 5, with a bias, on 2×3 tokens. */
  LINEAR(() -> new Linear(7, 5, true), new Shape(2, 3, 7)),
  /** 6 features to 10, without a bias, on 4 vectors. */
  LINEAR_OF_VECTORS(() -> new Linear(6, 10, false), new Shape(4, 6)),
  /** 1×1, 6 channels to 4. */
  CONV_1X1(() -> new Conv2d(6, 4, 1, 1, 0), new Shape(2, 6, 3, 5)),
  /** 3×3, 4 channels to 6. */
  CONV_3X3(() -> new Conv2d(4, 6, 3, 1, 1), new Shape(2, 4, 5, 7)),
  /** 3×3, 4 channels to 6, every second position. */
  CONV_3X3_STRIDE_2(() -> new Conv2d(4, 6, 3, 2, 1), new Shape(2, 4, 6, 8));

  private final Supplier<AdaptableLayer> layer;
  private final Shape input;

  SampleLayer(Supplier<AdaptableLayer> layer, Shape input) {
    this.layer = layer;
    this.input = input;
  }

  /** The layer in a model of its own, as {@code attn.to_q}, with random weights of a type. */
  Model model(NDManager scope, DataType type) {
    Model model = new Model(layer.get());
    model.namedWeights().values().forEach(weight ->
        weight.set(new DenseWeight(OPS.cast(Ops.randomNormal(scope, weight.shape()), type))));
    return model;
  }

  /** A layer of which only the shape of its weight is known, (out, in) or (out, in, k, k), in the same place. */
  static AdaptableLayer declared(Shape shape, boolean biased) {
    long outputs = shape.get(0);
    long inputs = shape.get(1);
    Model model = new Model(shape.dimension() == 2 ? new Linear(inputs, outputs, biased)
        : new Conv2d(inputs, outputs, (int) shape.get(2), 1, 0));
    DeclaredWeight.declare(model);
    return model.layer();
  }

  /** A random input of a type. */
  NDArray input(NDManager scope, DataType type) {
    return OPS.cast(Ops.randomNormal(scope, input), type);
  }

  /** A model of one layer. */
  static final class Model extends Module {
    private final AdaptableLayer layer;

    Model(AdaptableLayer layer) {
      this.layer = child("attn", new Attention(layer)).layer;
    }

    AdaptableLayer layer() {
      return layer;
    }
  }

  private static final class Attention extends Module {
    private final AdaptableLayer layer;

    Attention(AdaptableLayer layer) {
      this.layer = child("to_q", layer);
    }
  }
}
