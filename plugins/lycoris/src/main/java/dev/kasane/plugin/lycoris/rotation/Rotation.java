package dev.kasane.plugin.lycoris.rotation;

import static dev.kasane.plugin.lycoris.LycorisOps.LYCORIS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.LayerShapes;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.RebuiltAdapter;
import dev.kasane.plugin.lycoris.SharedOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A rotation of a weight's rows, learned as blocks whose Cayley transforms R are orthogonal: Diag-OFT (Qiu et
 * al. 2023) with one layer of blocks, BOFT (Liu et al. 2024) with the stages of a butterfly.
 *
 * <p>At strength m every R becomes m·(R − I) + I. Scales of the rows, where they are trained too, apply in
 * full at any strength but 0, as in LyCORIS.
 */
final class Rotation extends RebuiltAdapter {
  static final String BLOCKS = "oft_blocks";
  static final String RESCALE = "rescale";
  /** Axes of a butterfly's blocks. */
  static final int BUTTERFLY_AXES = 4;
  private static final String CONSTRAINT = "constraint";
  private static final String RESCALED = "rescaled";
  static final List<AdapterOption> OPTIONS = List.of(
      new AdapterOption(CONSTRAINT, Type.NUMBER, "0",
          "Limit of the rotation: the blocks' norm stays within this times the layer's outputs; 0 for none."),
      new AdapterOption(RESCALED, Type.BOOLEAN, "false",
          "Whether a factor for each output is trained beside the rotation."));

  private final NDArray blocks;
  private final NDArray rescale;
  private final double constraint;
  private final boolean limitStored;

  /**
   * @param layer the layer
   * @param blocks (count, size, size), or for a butterfly (stages, count, size, size); sizes times counts
   *     are the layer's outputs
   * @param rescale (out, 1, …) or null
   * @param constraint the limit divided by the layer's outputs; 0 for none, null for a file without
   * @param dropouts what is left out in training
   */
  Rotation(TargetLayer layer, NDArray blocks, NDArray rescale, Double constraint, DeltaDropouts dropouts) {
    super(layer, dropouts);
    this.blocks = blocks;
    this.rescale = rescale;
    this.constraint = constraint == null ? 0 : constraint;
    this.limitStored = constraint != null;
  }

  /**
   * The options of a fresh rotation.
   *
   * @param constraint the limit divided by the layer's outputs; 0 for none
   * @param rescaled whether the rows are scaled too
   * @param dropouts what is left out in training
   */
  record Settings(double constraint, boolean rescaled, DeltaDropouts dropouts) {
    static Settings of(AdapterOptions options) {
      return new Settings(options.numberBelow(CONSTRAINT, Double.MAX_VALUE), options.flag(RESCALED),
          SharedOptions.dropouts(options));
    }

    Rotation fresh(TargetLayer layer, FreshTensors fresh, long... blocks) {
      NDArray rescale = rescaled ? fresh.ones(LayerShapes.perOutput(layer)) : null;
      return new Rotation(layer, fresh.zeros(blocks), rescale, constraint, dropouts);
    }
  }

  private boolean isButterfly() {
    return blocks.getShape().dimension() == BUTTERFLY_AXES;
  }

  @Override
  protected NDArray rebuild(NDManager scope, double multiplier, DeltaDropouts drops) {
    NDArray weight = layer().weight().materialise(scope);
    double limit = constraint * layer().outputs();
    NDArray turned = isButterfly()
        ? LYCORIS.butterfly(scope, weight, blocks, limit, multiplier)
        : LYCORIS.rotate(scope, weight, blocks, limit, multiplier);
    NDArray delta = rescale == null ? turned : LYCORIS.rescaleRows(scope, weight, turned, rescale);
    return drops.onRows(scope, delta);
  }

  @Override
  public Map<String, NDArray> tensors() {
    Map<String, NDArray> all = new LinkedHashMap<>();
    all.put(BLOCKS, blocks);
    if (rescale != null) {
      all.put(RESCALE, rescale);
    }
    return all;
  }

  /** The files keep the constraint under the name of alpha. */
  @Override
  public Map<String, Double> constants() {
    return limitStored ? Map.of(AdapterModule.ALPHA, constraint) : Map.of();
  }

  @Override
  public Map<String, Double> facts() {
    Map<String, Double> facts = new LinkedHashMap<>();
    facts.put("block-size", (double) blocks.getShape().get(blocks.getShape().dimension() - 1));
    facts.put(CONSTRAINT, constraint);
    return facts;
  }
}
