package dev.kasane.plugin.lycoris.rotation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.LayerShapes;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.lowrank.SavedShapes;
import dev.kasane.core.lowrank.SavedTensors;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.LycorisMethod;
import dev.kasane.plugin.lycoris.SharedOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A method that turns a layer's outputs in blocks. One layer of blocks and a butterfly share the names in files; the
 * number of axes tells them apart.
 */
abstract class RotationMethod extends LycorisMethod {
  private final int axes;
  private final String kind;

  /**
   * @param rank the option {@code rank}
   * @param axes of the blocks
   * @param kind what blocks are like, for messages
   */
  RotationMethod(String id, String description, AdapterOption rank, int axes, String kind) {
    super(id, description, SharedOptions.of(List.of(rank), Rotation.OPTIONS, SharedOptions.DROPOUTS),
        new Names(Set.of(Rotation.BLOCKS), Set.of(Rotation.RESCALE), Set.of(AdapterModule.ALPHA)));
    this.axes = axes;
    this.kind = kind;
  }

  /** Whether so many outputs can be split into blocks that turn. */
  abstract boolean splits(long outputs);

  /**
   * The shape of a layer's blocks.
   *
   * @throws dev.kasane.core.UserException when the rank leaves none for it
   */
  abstract long[] blocks(TargetLayer layer, int rank);

  /**
   * Refuses blocks that do not turn a layer's outputs.
   *
   * @param blocks their shape in a file
   * @throws dev.kasane.core.UserException that says what they turn
   */
  abstract void requireFit(TargetLayer layer, long[] blocks);

  @Override
  public final boolean supports(TargetLayer layer) {
    return layer.kind().isProduct() && splits(layer.outputs());
  }

  @Override
  public final String refusal(TargetLayer layer) {
    return layer.kind().isProduct() ? "the " + layer.outputs() + " outputs of this layer of the kind "
        + layer.kind().word() + " cannot be split into blocks of " + kind : super.refusal(layer);
  }

  @Override
  public final PreparedMethod prepare(AdapterOptions options) {
    int rank = RankScale.rank(options);
    Rotation.Settings settings = Rotation.Settings.of(options);
    return (layer, scope) -> settings.fresh(layer, new FreshTensors(scope), blocks(layer, rank));
  }

  /** {@inheritDoc} Blocks of no known number of axes are taken for one layer of them. */
  @Override
  public final Optional<ModuleFacts> facts(ModuleHeader saved) {
    boolean butterfly = saved.axes(Rotation.BLOCKS) == Rotation.BUTTERFLY_AXES;
    return super.facts(saved).filter(facts -> butterfly == (axes == Rotation.BUTTERFLY_AXES));
  }

  @Override
  protected final ModuleFacts told(ModuleHeader saved) {
    return ModuleFacts.of(id()).size(ModuleFacts.BLOCK, saved.size(Rotation.BLOCKS, axes - 2));
  }

  @Override
  protected final boolean isOwn(AdapterModule saved) {
    NDArray blocks = saved.tensors().get(Rotation.BLOCKS);
    return super.isOwn(saved) && blocks.getShape().dimension() == axes;
  }

  /** {@inheritDoc} Blocks tell a layer's outputs alone. */
  @Override
  protected final Shape shape(AdapterModule saved, SavedShapes shapes) {
    Shape blocks = shapes.of(Rotation.BLOCKS);
    return new Shape(blocks.get(axes - 3) * blocks.get(axes - 1), 1);
  }

  @Override
  protected final LayerAdapter restored(AdapterModule saved, SavedTensors tensors) {
    TargetLayer layer = tensors.layer();
    long[] shape = new long[axes];
    for (int axis = 0; axis < axes - 1; axis++) {
      shape[axis] = tensors.size(Rotation.BLOCKS, axis);
    }
    shape[axes - 1] = shape[axes - 2];
    requireFit(layer, shape);
    NDArray rescale =
        tensors.has(Rotation.RESCALE) ? tensors.take(Rotation.RESCALE, LayerShapes.perOutput(layer)) : null;
    return new Rotation(layer, tensors.take(Rotation.BLOCKS, shape), rescale,
        saved.constants().get(AdapterModule.ALPHA), DeltaDropouts.NONE);
  }
}
