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

/** BOFT: the rows of a weight are rotated in the stages of a butterfly, so that each can reach each. */
@Extension
public final class BoftMethod implements AdapterMethod {
  static final int AXES = 4;

  @Override
  public String id() {
    return "boft";
  }

  @Override
  public String description() {
    return "Rotates a layer's outputs in the stages of a butterfly (BOFT), which mixes all of them.";
  }

  @Override
  public List<AdapterOption> options() {
    return SharedOptions.of(List.of(new AdapterOption("rank", Type.INTEGER, "16",
        "Largest size of a block, LyCORIS's dim: an even divisor of the outputs that leaves a power of two."
            + " Stable Diffusion's layers need at least 10.")), Rotation.OPTIONS, SharedOptions.DROPOUTS);
  }

  @Override
  public boolean supports(TargetLayer layer) {
    return layer.kind().isProduct() && layer.outputs() % 2 == 0;
  }

  @Override
  public String refusal(TargetLayer layer) {
    return layer.kind().isProduct() ? "the " + layer.outputs() + " outputs of this layer of the kind "
        + layer.kind().word() + " cannot be split into blocks of even size" : AdapterMethod.super.refusal(layer);
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    int rank = RankScale.rank(options);
    Rotation.Settings settings = Rotation.Settings.of(options);
    return (layer, scope) -> {
      Factorization blocks = Factorization.butterfly(layer.outputs(), rank, layer.path());
      return settings.fresh(layer, new FreshTensors(scope), stages(blocks.second()), blocks.second(), blocks.first(),
          blocks.first());
    };
  }

  /** One stage for blocks as they lie and one for each doubling of their distance. */
  private static int stages(int count) {
    return Integer.numberOfTrailingZeros(count) + 1;
  }

  @Override
  public Set<String> parameters() {
    return SharedOptions.with(DiagOftMethod.TENSORS, DiagOftMethod.CONSTANTS);
  }

  @Override
  public Optional<ModuleFacts> facts(ModuleHeader saved) {
    return saved.axes(Rotation.BLOCKS) == AXES
        ? Optional.of(ModuleFacts.of(id()).size(ModuleFacts.BLOCK, saved.size(Rotation.BLOCKS, 2))) : Optional.empty();
  }

  /** Blocks tell a layer's outputs alone. */
  @Override
  public Optional<Shape> shapeOf(AdapterModule saved) {
    return isOwn(saved) ? Optional.of(Rotation.shape(new SavedShapes(saved))) : Optional.empty();
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    if (!isOwn(saved)) {
      return Optional.empty();
    }
    SavedTensors tensors = new SavedTensors(layer, saved, scope);
    long stages = tensors.size(Rotation.BLOCKS, 0);
    long count = tensors.size(Rotation.BLOCKS, 1);
    long size = tensors.size(Rotation.BLOCKS, 2);
    requireButterfly(layer, stages, count, size);
    NDArray blocks = tensors.take(Rotation.BLOCKS, stages, count, size, size);
    return Optional.of(new Rotation(layer, blocks, Rotation.savedRescale(layer, tensors),
        saved.constants().get(AdapterModule.ALPHA), DeltaDropouts.NONE));
  }

  private static boolean isOwn(AdapterModule saved) {
    return SavedShapes.areOf(saved, DiagOftMethod.MARKS, DiagOftMethod.TENSORS, DiagOftMethod.CONSTANTS)
        && DiagOftMethod.hasBlocks(saved, AXES);
  }

  private static void requireButterfly(TargetLayer layer, long stages, long count, long size) {
    boolean doubles = Long.bitCount(count) == 1 && stages <= Long.numberOfTrailingZeros(count) + 1;
    if (count * size != layer.outputs() || size % 2 != 0 || !doubles) {
      throw new UserException("Layer " + layer.path() + ": the file has " + stages + " stages of " + count
          + " blocks of " + size + ", which make no butterfly of this base's " + layer.outputs()
          + " outputs. The adapter was made for another base model.");
    }
  }
}
