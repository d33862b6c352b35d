package dev.kasane.plugin.kohya;

import java.util.List;

/** How kohya-style files name the parts of a Stable Diffusion model. */
final class Prefixes {
  static final String UNET = "unet";
  static final String TEXT_ENCODER = "text_encoder";
  static final String TEXT_ENCODER_2 = "text_encoder_2";
  /** Newer libraries drop this root of the text encoders' paths; files keep it. */
  static final String TEXT_ROOT = "text_model.";

  /** Every prefix that marks a file of this family. */
  static final List<String> ALL =
      List.of("lora_unet_", "lora_te_", "lora_te1_", "lora_te2_", "oft_unet_", "lycoris_");

  private Prefixes() {}

  /** The prefixes under which files may name a component; none for a part that such files cannot hold. */
  static List<String> of(String component) {
    return switch (component) {
      case UNET -> List.of("lora_unet_", "oft_unet_", "lycoris_");
      case TEXT_ENCODER -> List.of("lora_te_", "lora_te1_", "lycoris_");
      case TEXT_ENCODER_2 -> List.of("lora_te2_", "lycoris_");
      default -> List.of();
    };
  }

  /** A text encoder's path with the root that files have. */
  static String rooted(String path) {
    return path.startsWith(TEXT_ROOT) || path.startsWith("text_projection") ? path : TEXT_ROOT + path;
  }

  static String flat(String path) {
    return path.replace('.', '_');
  }
}
