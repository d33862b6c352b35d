package dev.kasane.plugin.diffusers;

import dev.kasane.core.FewNearNames;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says what a key that fits no layer most likely is, and what a mangled one was meant to be. */
final class MangledKeys {
  private static final Pattern DOUBLED =
      Pattern.compile("^(?:base_model\\.model\\.|model\\.)?(unet|text_encoder(?:_2)?)\\.(?:\\1\\.)*");
  private static final Pattern XL_ONLY = Pattern.compile("\\.transformer_blocks\\.[1-9]|^add_embedding\\.");

  private final PipelineLayers table;
  private final FewNearNames near = new FewNearNames();

  MangledKeys(PipelineLayers table) {
    this.table = table;
  }

  /** A clause such as "names no layer of this base". */
  String of(String key) {
    Optional<DiffusersKey> parsed = DiffusersKey.parse(key);
    if (parsed.isEmpty()) {
      return "has no parameter that diffusers' files have (lora_A, lora_B, lora.down, lora.up,"
          + " lora_linear_layer, lora_magnitude_vector, alpha)";
    }
    return repaired(key).map(meant -> "is mangled by a faulty conversion; it was meant to be '" + meant
            + "', to which «convert, repair» renames it")
        .or(() -> absent(parsed.get()))
        .orElseGet(() -> foreign(parsed.get()));
  }

  /** The key that was meant, when it differs and names a layer of the base. */
  Optional<String> repaired(String key) {
    String repaired = DOUBLED.matcher(key).replaceFirst("$1.");
    return repaired.equals(key) ? Optional.empty() : DiffusersKey.parse(repaired)
        .flatMap(parsed -> table.find(parsed.component(), parsed.path())).map(path -> repaired);
  }

  private Optional<String> absent(DiffusersKey key) {
    if (table.has(key.component())) {
      return Optional.empty();
    }
    return Optional.of(switch (key.component()) {
      case DiffusersKey.UNET -> "belongs to the U-Net, which was not opened";
      case DiffusersKey.TEXT_ENCODER -> "belongs to the text encoder, which was not opened";
      case DiffusersKey.TEXT_ENCODER_2 -> "belongs to a second text encoder, as SDXL has; this base has none";
      default -> "belongs to a '" + key.component() + "', which Stable Diffusion 1.x, 2.x and XL do not have;"
          + " the adapter was made for another kind of base";
    });
  }

  private String foreign(DiffusersKey key) {
    if (XL_ONLY.matcher(key.path()).find()) {
      return "names a layer that only SDXL has; the adapter was made for another base";
    }
    return "names no layer of this base"
        + near.of(key.path(), table.of(key.component())).map(name -> "; the nearest is " + name).orElse("");
  }
}
