package dev.kasane.diffusion.pipeline;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.WeightLoader;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.checkpoint.BaseCheckpoint;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.checkpoint.BasePart;
import dev.kasane.diffusion.clip.ClipConfig;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.clip.tokenizer.ClipTokenizer;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import dev.kasane.diffusion.vae.AutoencoderKL;
import dev.kasane.diffusion.vae.VaeConfig;
import java.nio.file.Path;

/**
 * Makes image models out of checkpoints.
 *
 * <p>There are two steps, so that requests can be checked against a base before gigabytes are read:
 * {@link #declare} gives a model that knows its sizes but has no weights, {@link #loadWeights} gives it the
 * weights.
 */
public final class ImageModels {
  private ImageModels() {}

  /**
   * Builds the model that a checkpoint describes, without weights.
   *
   * @param base the checkpoint
   * @param precision type of weights and computation
   * @throws dev.kasane.core.UserException when a configuration or the tokeniser is missing, damaged or of a
   *     kind that this engine does not build
   */
  public static ImageModel declare(BaseCheckpoint base, ElementType precision) {
    ClipTextModel textEncoder = new ClipTextModel(ClipConfig.of(
        base.config(BasePart.TEXT_ENCODER), base.configOrigin(BasePart.TEXT_ENCODER)));
    ClipTokenizer tokenizer = ClipTokenizer.open(base.tokenizerFolder());
    requireKnownTokens(tokenizer, textEncoder, base);
    return new ImageModel(
        new UNet2DConditionModel(unetConfig(base)),
        new AutoencoderKL(VaeConfig.of(base.config(BasePart.VAE), base.configOrigin(BasePart.VAE))),
        textEncoder, tokenizer, base.scheduler(), precision.dataType());
  }

  private static UNetConfig unetConfig(BaseCheckpoint base) {
    String origin = base.configOrigin(BasePart.UNET);
    UNetConfig config = UNetConfig.of(base.config(BasePart.UNET), origin);
    if (config.added().isPresent()) {
      throw new UserException(origin + " describes a Stable Diffusion XL U-Net (addition_embed_type is set)."
          + " Pictures are drawn and adapters trained with Stable Diffusion 1.x and 2.x only; adapter files"
          + " of XL can be inspected and converted.");
    }
    return config;
  }

  /** A token after the end of the embedding would read memory that is not there. */
  private static void requireKnownTokens(ClipTokenizer tokenizer, ClipTextModel text, BaseCheckpoint base) {
    int known = text.config().vocabularySize();
    if (tokenizer.vocabularySize() > known) {
      throw new UserException(base.tokenizerFolder() + ": the tokeniser has " + tokenizer.vocabularySize()
          + " tokens, the text encoder of " + base.path() + " knows " + known
          + ". Name the tokeniser that belongs to this base.");
    }
  }

  /**
   * Gives a declared model its weights. They may lie in the files' mapped memory and are read-only.
   *
   * @param model what {@link #declare} made of the same checkpoint
   * @param base the checkpoint; it may be closed afterwards
   * @param precision type of the weights, as declared
   * @param owner owner of the weights
   * @throws dev.kasane.core.UserException that lists what is missing, surplus or misshapen
   */
  public static void loadWeights(
      ImageModel model, BaseCheckpoint base, ElementType precision, NDManager owner) {
    WeightLoader.load(model.unet(), base.tensors(BasePart.UNET), precision, owner);
    WeightLoader.load(model.vae(), base.tensors(BasePart.VAE),
        ElementType.of(ImageModel.autoencoderType(precision.dataType())), owner);
    WeightLoader.load(model.textEncoder(), base.tensors(BasePart.TEXT_ENCODER), precision, owner);
  }

  /**
   * Opens a base in one go.
   *
   * @param path a diffusers folder or a single file
   * @param options what the user says about it
   * @param precision type of weights and computation
   * @param owner owner of the weights
   * @throws dev.kasane.core.UserException as {@link BaseCheckpoint#open}, {@link #declare} and
   *     {@link #loadWeights}
   */
  public static ImageModel open(Path path, BaseOptions options, ElementType precision, NDManager owner) {
    try (BaseCheckpoint base = BaseCheckpoint.open(path, options)) {
      ImageModel model = declare(base, precision);
      loadWeights(model, base, precision, owner);
      return model;
    }
  }
}
