package dev.kasane.core.injection;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.Ops;

/** Layers under the names that diffusers gives a U-Net's, without the rest of it. */
final class TinyUnet extends Module {
  static final int WIDTH = 4;
  static final int CONTEXT = 6;

  TinyUnet() {
    child("conv_in", new Conv2d(3, WIDTH, 3, 1, 1));
    child("down_blocks", new Blocks<Module>().add(new Group("attentions", new Blocks<Module>().add(
        new Group("transformer_blocks", new Blocks<Module>().add(new Transformer()).add(new Transformer()))))));
    child("mid_block", new Group("proj_in", new Conv2d(WIDTH, WIDTH, 1, 1, 0)));
  }

  /** Gives every weight random values. */
  TinyUnet filled(NDManager scope, DataType type) {
    namedWeights().values().forEach(weight ->
        weight.set(new DenseWeight(OPS.cast(Ops.randomNormal(scope, weight.shape()), type))));
    return this;
  }

  Linear linear(String path) {
    return (Linear) adaptableLayers().get(path);
  }

  static final class Group extends Module {
    Group(String name, Module only) {
      child(name, only);
    }
  }

  private static final class Transformer extends Module {
    Transformer() {
      child("attn1", new Attention(WIDTH));
      child("attn2", new Attention(CONTEXT));
      child("ff", new Group("net", new Blocks<Module>()
          .add(0, new Group("proj", new Linear(WIDTH, 8 * WIDTH, true)))
          .add(2, new Linear(4 * WIDTH, WIDTH, true))));
    }
  }

  private static final class Attention extends Module {
    Attention(long context) {
      child("to_q", new Linear(WIDTH, WIDTH, false));
      child("to_k", new Linear(context, WIDTH, false));
      child("to_v", new Linear(context, WIDTH, false));
      child("to_out", new Blocks<Linear>().add(new Linear(WIDTH, WIDTH, true)));
    }
  }

  static NDArray tokens(NDManager scope) {
    return Ops.randomNormal(scope, new Shape(2, 3, WIDTH));
  }
}
