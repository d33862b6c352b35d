package dev.kasane.plugin.lycoris.rotation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.lowrank.SavedShapes;
import dev.kasane.core.lowrank.SavedTensors;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.Factorization;
import dev.kasane.plugin.lycoris.SharedOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/** Diag-OFT: the rows of a weight are rotated block by block; kohya's OFT files are the same. */
@Extension
public final class DiagOftMethod implements AdapterMethod {
  static final Set<String> MARKS = Set.of(Rotation.BLOCKS);
  static final Set<String> TENSORS = Set.of(Rotation.BLOCKS, Rotation.RESCALE);
  static final Set<String> CONSTANTS = Set.of(AdapterModule.ALPHA);
  private static final int AXES = 3;

  @Override
  public String id() {
    return "diag-oft";
  }

  @Override
  public String description() {
    return "Rotates a layer's outputs in blocks (Diag-OFT), which keeps the angles inside a block.";
  }

  @Override
  public List<AdapterOption> options() {
    return SharedOptions.of(List.of(new AdapterOption("rank", Type.INTEGER, "8",
        "Size of a block, LyCORIS's dim, or the nearest divisor of a layer's outputs below it; blocks are never"
            + " larger than the root of the outputs.")), Rotation.OPTIONS, SharedOptions.DROPOUTS);
  }

  /** A prime number of outputs has no blocks that can be turned. */
  @Override
  public boolean supports(TargetLayer layer) {
    return layer.kind().isProduct() && Factorization.near(layer.outputs(), -1).first() > 1;
  }

  @Override
  public String refusal(TargetLayer layer) {
    return layer.kind().isProduct() ? "the " + layer.outputs() + " outputs of this layer of the kind "
        + layer.kind().word() + " cannot be split into blocks of more than one" : AdapterMethod.super.refusal(layer);
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    int rank = RankScale.rank(options);
    Rotation.Settings settings = Rotation.Settings.of(options);
    return (layer, scope) -> {
      Factorization blocks = Factorization.near(layer.outputs(), rank);
      if (blocks.first() == 1) {
        throw new UserException("Layer " + layer.path() + " has " + layer.outputs() + " outputs, which rank " + rank
            + " splits into blocks of 1, and those cannot be turned. Choose a larger rank or exclude the layer.");
      }
      return settings.fresh(layer, new FreshTensors(scope), blocks.second(), blocks.first(), blocks.first());
    };
  }

  @Override
  public Set<String> parameters() {
    return SharedOptions.with(TENSORS, CONSTANTS);
  }

  @Override
  public Optional<ModuleFacts> facts(ModuleHeader saved) {
    return saved.has(Rotation.BLOCKS) && saved.axes(Rotation.BLOCKS) != BoftMethod.AXES
        ? Optional.of(ModuleFacts.of(id()).size(ModuleFacts.BLOCK, saved.size(Rotation.BLOCKS, 1))) : Optional.empty();
  }

  /** Blocks tell a layer's outputs alone. */
  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    return SavedShapes.areOf(saved, MARKS, TENSORS, CONSTANTS) && hasBlocks(saved, AXES)
        ? Optional.of(Rotation.shape(new SavedShapes(saved))) : Optional.empty();
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    if (!SavedShapes.areOf(saved, MARKS, TENSORS, CONSTANTS)
        || !hasBlocks(saved, AXES)) {
      return Optional.empty();
    }
    SavedTensors tensors = new SavedTensors(layer, saved, scope);
    long count = tensors.size(Rotation.BLOCKS, 0);
    long size = tensors.size(Rotation.BLOCKS, 1);
    if (count * size != layer.outputs()) {
      throw new UserException("Layer " + layer.path() + ": the file's " + count + " blocks of " + size
          + " turn " + count * size + " outputs, but this base has " + layer.outputs()
          + ". The adapter was made for another base model.");
    }
    NDArray blocks = tensors.take(Rotation.BLOCKS, count, size, size);
    return Optional.of(new Rotation(layer, blocks, Rotation.savedRescale(layer, tensors),
        saved.constants().get(AdapterModule.ALPHA), DeltaDropouts.NONE));
  }

  /** One layer of blocks and a butterfly share the name; the number of axes tells them apart. */
  static boolean hasBlocks(AdapterModule saved, int axes) {
    NDArray blocks = saved.tensors().get(Rotation.BLOCKS);
    return blocks != null && blocks.getShape().dimension() == axes;
  }
}
