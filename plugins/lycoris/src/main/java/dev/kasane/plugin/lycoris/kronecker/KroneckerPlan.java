package dev.kasane.plugin.lycoris.kronecker;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.LayerShapes;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.Factorization;
import dev.kasane.plugin.lycoris.SharedOptions;
import dev.kasane.plugin.lycoris.kronecker.Kronecker.Side;
import java.util.List;

/**
 * How a layer's fresh Kronecker product is laid out.
 *
 * @param rank inner dimension of a side that is a product
 * @param factor the wished width of the first side; −1 for the nearest to the root
 * @param decomposeBoth whether the first side may be a product too
 * @param fullMatrix whether both sides are whole
 * @param unbalanced whether the first side has the larger number of outputs
 * @param tucker whether a product with a kernel is in Tucker form
 */
record KroneckerPlan(int rank, int factor, boolean decomposeBoth, boolean fullMatrix, boolean unbalanced,
    boolean tucker) {
  static final List<AdapterOption> OPTIONS = List.of(
      new AdapterOption("factor", Type.INTEGER, "-1",
          "Width of the small side of the Kronecker product; -1 means as near to the root as the layer allows."),
      new AdapterOption("decompose-both", Type.BOOLEAN, "false",
          "Whether the small side is a low-rank product too, where the rank is small enough."),
      new AdapterOption("full-matrix", Type.BOOLEAN, "false",
          "Whether both sides are whole matrices; rank and alpha mean nothing then."),
      new AdapterOption("unbalanced-factorization", Type.BOOLEAN, "false",
          "Whether the small side takes the larger number of outputs."));

  static KroneckerPlan of(AdapterOptions options) {
    int factor = options.integer("factor", -1, Integer.MAX_VALUE);
    if (factor == 0) {
      throw new UserException("Option factor is 0; it must be at least 1, or -1 for the best the layer allows.");
    }
    return new KroneckerPlan(RankScale.rank(options), factor, options.flag("decompose-both"),
        options.flag("full-matrix"), options.flag("unbalanced-factorization"), SharedOptions.tucker(options));
  }

  /** Fresh sides, of which the second is zero. */
  Kronecker fresh(TargetLayer layer, FreshTensors fresh) {
    Factorization in = Factorization.near(layer.inputs(), factor);
    Factorization balanced = Factorization.near(layer.outputs(), factor);
    Factorization out = unbalanced ? balanced.swapped() : balanced;
    return new Kronecker(first(out.first(), in.first(), fresh), second(layer, out.second(), in.second(), fresh));
  }

  private boolean isProduct(int rows, int columns) {
    return !fullMatrix && 2 * rank < Math.max(rows, columns);
  }

  private Side first(int rows, int columns, FreshTensors fresh) {
    return decomposeBoth && isProduct(rows, columns)
        ? new Side("lokr_w1", null, fresh.kaimingUniform(rows, rank), fresh.kaimingUniform(rank, columns), null)
        : Side.whole("lokr_w1", fresh.kaimingUniform(rows, columns));
  }

  private Side second(TargetLayer layer, int rows, int columns, FreshTensors fresh) {
    String name = "lokr_w2";
    if (!isProduct(rows, columns)) {
      return Side.whole(name, fresh.zeros(LayerShapes.mixing(layer, rows, columns, layer.kernel())));
    }
    if (tucker && layer.kernel() > 1) {
      NDArray core = fresh.kaimingUniform(rank, rank, layer.kernel(), layer.kernel());
      return new Side(name, null, fresh.kaimingUniform(rank, rows), fresh.zeros(rank, columns), core);
    }
    return new Side(name, null, fresh.kaimingUniform(rows, rank),
        fresh.zeros(rank, columns * LayerShapes.kernelSize(layer)), null);
  }
}
