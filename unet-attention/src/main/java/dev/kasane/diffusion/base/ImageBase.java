package dev.kasane.diffusion.base;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.family.BaseModel;
import dev.kasane.core.family.BaseParts;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.checkpoint.BaseCheckpoint;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.checkpoint.BasePart;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.ImageModels;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A Stable Diffusion model, opened.
 *
 * @param checkpoint its files
 * @param model the model, without weights at first
 * @param precision type of weights and computation
 */
public record ImageBase(BaseCheckpoint checkpoint, ImageModel model, ElementType precision) implements BaseModel {
  /** What bitsandbytes and QLoRA leave alone, and the convolutions between latents and features. */
  private static final Set<String> DENSE = Set.of("conv_in", "conv_out", "time_embedding", "add_embedding");

  /**
   * Opens configurations and tokeniser, no weights.
   *
   * @param path a diffusers folder or a single file
   * @param options what the user says about it
   * @param precision type of weights and computation
   * @param view makes of a file's tensors those to read, such as one that understands quantised ones
   * @throws UserException when something is missing, damaged or of a kind that this engine does not build
   */
  public static ImageBase open(
      Path path, BaseOptions options, ElementType precision, UnaryOperator<TensorSource> view) {
    BaseCheckpoint checkpoint = BaseCheckpoint.open(path, options, view);
    try {
      return new ImageBase(checkpoint, ImageModels.declare(checkpoint, precision), precision);
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  @Override
  public BaseParts parts() {
    return model.parts();
  }

  @Override
  public Collection<Module> modules() {
    return List.of(model.unet(), model.vae(), model.textEncoder());
  }

  /** Of the U-Net all layers but the first and last and what reads the timestep. */
  @Override
  public Quantisable quantisable() {
    return quantisable(model.unet());
  }

  /** The same for a U-Net that belongs to no base. */
  public static Quantisable quantisable(Module unet) {
    return new Quantisable("U-Net", unet, ImageBase::isQuantised);
  }

  private static boolean isQuantised(AdaptableLayer layer) {
    return !DENSE.contains(layer.path().split("\\.", 2)[0]);
  }

  @Override
  public boolean isStoredQuantised() {
    return checkpoint.config(BasePart.UNET).has("quantization_config");
  }

  @Override
  public void load(NDManager owner) {
    ImageModels.loadWeights(model, checkpoint, precision, owner);
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
