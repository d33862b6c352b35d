package dev.kasane.diffusion.checkpoint;

/** The trained parts of a Stable Diffusion base model. */
public enum BasePart {
  /** Predicts the noise in latents. */
  UNET("unet", "diffusion_pytorch_model", "diffusion_pytorch_model", "model.diffusion_model."),
  /** Turns pictures into latents and back. */
  VAE("vae", "diffusion_pytorch_model", "diffusion_pytorch_model", "first_stage_model."),
  /** Turns token ids into what the U-Net listens to. */
  TEXT_ENCODER("text_encoder", "model", "pytorch_model", "cond_stage_model.");

  private final String folder;
  private final String safetensorsStem;
  private final String pickleStem;
  private final String originalPrefix;

  BasePart(String folder, String safetensorsStem, String pickleStem, String originalPrefix) {
    this.folder = folder;
    this.safetensorsStem = safetensorsStem;
    this.pickleStem = pickleStem;
    this.originalPrefix = originalPrefix;
  }

  /** Its folder in a diffusers base, which is also its name in adapters. */
  public String folder() {
    return folder;
  }

  /** The name of its safetensors file without ending. */
  String safetensorsStem() {
    return safetensorsStem;
  }

  /** The name of its pickled file without ending. */
  String pickleStem() {
    return pickleStem;
  }

  /** What its tensors begin with in a single file with the original names. */
  public String originalPrefix() {
    return originalPrefix;
  }
}
