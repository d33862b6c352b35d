package dev.kasane.diffusion.pipeline;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.family.BaseParts;
import dev.kasane.core.module.Module;
import dev.kasane.diffusion.checkpoint.KnownBase;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.clip.LearnedWords;
import dev.kasane.diffusion.clip.tokenizer.ClipTokenizer;
import dev.kasane.diffusion.scheduler.SchedulerConfig;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.vae.AutoencoderKL;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A loaded base model for pictures.
 *
 * @param unet the denoiser
 * @param vae the autoencoder
 * @param textEncoder the text encoder
 * @param tokenizer the tokeniser
 * @param scheduler the noise schedule and the way it is to be read
 * @param type type of the computation
 * @param words what the tokeniser knows beyond the base's vocabulary
 */
public record ImageModel(
    UNet2DConditionModel unet,
    AutoencoderKL vae,
    ClipTextModel textEncoder,
    ClipTokenizer tokenizer,
    SchedulerConfig scheduler,
    DataType type,
    LearnedWords words) {

  /** The component name of the U-Net in adapter files. */
  public static final String UNET = "unet";

  /** The component name of the text encoder in adapter files. */
  public static final String TEXT_ENCODER = "text_encoder";

  /** A base without learned words. */
  public ImageModel(UNet2DConditionModel unet, AutoencoderKL vae, ClipTextModel textEncoder,
      ClipTokenizer tokenizer, SchedulerConfig scheduler, DataType type) {
    this(unet, vae, textEncoder, tokenizer, scheduler, type, LearnedWords.NONE);
  }

  /**
   * The same model, whose prompts understand words more; it has none so far.
   *
   * @param learned vectors as wide as the text encoder's
   */
  public ImageModel withWords(LearnedWords learned) {
    return new ImageModel(unet, vae, textEncoder,
        tokenizer.withWords(learned.lengths(), textEncoder.config().vocabularySize()), scheduler, type, learned);
  }

  /**
   * The type in which the autoencoder computes: that of the model, but float32 for float16, whose range the activations
   * of published autoencoders leave.
   */
  public DataType autoencoderType() {
    return autoencoderType(type);
  }

  static DataType autoencoderType(DataType type) {
    return type == DataType.FLOAT16 ? DataType.FLOAT32 : type;
  }

  /** The parts that adapters can be attached to, by the community's component names. */
  public Map<String, Module> components() {
    Map<String, Module> components = new LinkedHashMap<>();
    components.put(UNET, unet);
    components.put(TEXT_ENCODER, textEncoder);
    return components;
  }

  /** The model as adapters see it. */
  public BaseParts parts() {
    return new BaseParts(KnownBase.kind(unet.config().crossAttentionWidth()), components());
  }

  /** The side of the pictures that the base was trained for. */
  public int nativeSize() {
    return unet.config().latents().side() * vae.config().reduction();
  }

  /** What both sides of a picture must be a multiple of. */
  public int sizeStep() {
    return vae.config().reduction();
  }
}
