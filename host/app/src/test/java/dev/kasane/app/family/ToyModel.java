package dev.kasane.app.family;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.family.BaseKind;
import dev.kasane.core.family.BaseModel;
import dev.kasane.core.family.BaseParts;
import dev.kasane.core.module.DeclaredWeight;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import java.util.Map;

/** One linear layer of 8 inputs and 8 outputs, without bias. */
public final class ToyModel implements BaseModel {
  static final int WIDTH = 8;
  static final BaseKind KIND = new BaseKind() {
    @Override
    public String id() {
      return "toy1";
    }

    @Override
    public String title() {
      return "a toy";
    }

    @Override
    public Map<String, Module> components() {
      return Map.of(PART, Tree.declared());
    }
  };

  private static final String PART = "model";

  private final Tree tree = new Tree();

  /** The module tree. */
  static final class Tree extends Module {
    final Linear layer = child("toy_layer", new Linear(WIDTH, WIDTH, false));

    static Tree declared() {
      Tree tree = new Tree();
      DeclaredWeight.declare(tree);
      return tree;
    }
  }

  /** x (rows, 8) through the layer. */
  NDArray forward(NDArray x) {
    return tree.layer.forward(x);
  }

  @Override
  public BaseParts parts() {
    return new BaseParts(KIND, Map.of(PART, tree));
  }

  @Override
  public Quantisable quantisable() {
    return new Quantisable("toy", tree, layer -> true);
  }

  @Override
  public boolean isStoredQuantised() {
    return false;
  }

  @Override
  public void load(NDManager owner) {
    tree.namedWeights().values()
        .forEach(weight -> weight.set(new DenseWeight(owner.zeros(new Shape(WIDTH, WIDTH)))));
  }

  @Override
  public void close() {}
}
