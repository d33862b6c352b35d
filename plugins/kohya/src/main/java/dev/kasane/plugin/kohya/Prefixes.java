package dev.kasane.plugin.kohya;

import java.util.List;
import java.util.stream.Stream;

/** How files of the family name the parts of a Stable Diffusion model. */
final class Prefixes {
  static final String UNET = "unet";
  static final String TEXT_ENCODER = "text_encoder";
  static final String TEXT_ENCODER_2 = "text_encoder_2";
  /** Newer libraries drop this root of the text encoders' paths; files keep it. */
  static final String TEXT_ROOT = "text_model.";

  /** Prefixes of names whose dots are underscores; each marks a file of this family. */
  static final List<String> FLAT =
      List.of("lora_unet_", "lora_te_", "lora_te1_", "lora_te2_", "oft_unet_", "lycoris_");

  /** Prefixes of dotted names, as ComfyUI and OneTrainer write them. */
  private static final List<String> DOTTED_UNET =
      List.of("diffusion_model.", "model.diffusion_model.", "unet.", "lora_unet.", "");
  private static final List<String> DOTTED_TEXT = Stream.concat(
      Stream.of("text_encoder.", "lora_te.", "lora_te1."), Stream.of("clip_l", "clip_h").flatMap(Prefixes::ofClip))
      .toList();
  private static final List<String> DOTTED_TEXT_2 =
      Stream.concat(Stream.of("text_encoder_2.", "lora_te2."), ofClip("clip_g")).toList();

  private Prefixes() {}

  /** ComfyUI names text encoders by their architecture, and some files leave out what stands around that. */
  private static Stream<String> ofClip(String name) {
    return Stream.of(name + ".", name + ".transformer.", "text_encoders." + name + ".",
        "text_encoders." + name + ".transformer.");
  }

  /** The prefixes of flattened names for a component; none for a part that such files cannot hold. */
  static List<String> flat(String component) {
    return switch (component) {
      case UNET -> List.of("lora_unet_", "oft_unet_", "lycoris_");
      case TEXT_ENCODER -> List.of("lora_te_", "lora_te1_", "lycoris_");
      case TEXT_ENCODER_2 -> List.of("lora_te2_", "lycoris_");
      default -> List.of();
    };
  }

  /** The prefixes of dotted names for a component; none for a part that such files cannot hold. */
  static List<String> dotted(String component) {
    return switch (component) {
      case UNET -> DOTTED_UNET;
      case TEXT_ENCODER -> DOTTED_TEXT;
      case TEXT_ENCODER_2 -> DOTTED_TEXT_2;
      default -> List.of();
    };
  }

  /** Whether a key begins like the name of a layer, flattened or dotted. */
  static boolean isOf(String key) {
    return FLAT.stream().anyMatch(key::startsWith)
        || Stream.of(DOTTED_UNET, DOTTED_TEXT, DOTTED_TEXT_2).flatMap(List::stream)
            .anyMatch(prefix -> !prefix.isEmpty() && key.startsWith(prefix));
  }

  /**
   * Whether a key is of the projection after a first text encoder, which ComfyUI saves with all other layers: no
   * Stable Diffusion draws with what comes out of it.
   */
  static boolean isUnusedProjection(String key) {
    return key.startsWith("lora_te_text_projection.") || key.startsWith("lora_te1_text_projection.")
        || DOTTED_TEXT.stream().anyMatch(prefix -> key.startsWith(prefix + "text_projection."));
  }

  /** A text encoder's path with the root that files have. */
  static String rooted(String path) {
    return path.startsWith(TEXT_ROOT) || path.startsWith("text_projection") ? path : TEXT_ROOT + path;
  }

  static String flattened(String path) {
    return path.replace('.', '_');
  }
}
