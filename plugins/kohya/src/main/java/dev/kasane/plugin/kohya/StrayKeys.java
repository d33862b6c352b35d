package dev.kasane.plugin.kohya;

import dev.kasane.core.FewNearNames;
import dev.kasane.plugin.kohya.KeyTable.Place;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what a key that fits no layer most likely is. */
final class StrayKeys {
  private static final Pattern DOUBLE_PREFIX =
      Pattern.compile("^(lora_(?:unet|te\\d?)_)(unet|text_encoder(?:_2)?)_");
  private static final Pattern SDXL_ONLY = Pattern.compile(
      "[._]transformer_blocks[._][1-9]|^(?:lora_unet|diffusion_model|unet)[._](?:label_emb|add_embedding)|^lora_te2_");
  private static final Pattern FIRST_TEXT =
      Pattern.compile("lora_te1?[_.]|text_encoder\\.|(?:text_encoders\\.)?clip_[lh]\\.");
  private static final Pattern SECOND_TEXT =
      Pattern.compile("lora_te2[_.]|text_encoder_2\\.|(?:text_encoders\\.)?clip_g\\.");
  private static final Pattern UNET = Pattern.compile("(?:lora|oft)_unet[_.]|unet\\.|(?:model\\.)?diffusion_model\\.");
  private static final Pattern OUTPUT_WORD = Pattern.compile("bundle_emb\\..+\\.clip_[lg]_out");
  private static final Pattern NAMELESS_WORD = Pattern.compile("emb_params|string_to_param(?:\\..+)?|clip_[lg]");
  private static final Pattern WHOLE = Pattern.compile("(?:cond_stage_model|conditioner|text_encoder(?:s|_2)?|text_model"
      + "|clip_[lgh]|first_stage_model|vae|unet|(?:model\\.)?diffusion_model)\\..*(?:weight|bias|position_ids)");
  private static final String KNOWN = String.join(", ", Prefixes.FLAT)
      + ", diffusion_model., unet., text_encoder., text_encoders.clip_l.";

  private final KeyTable table;
  private final KeyRepairs repairs;
  private final FewNearNames near = new FewNearNames();

  StrayKeys(KeyTable table) {
    this.table = table;
    this.repairs = new KeyRepairs(table);
  }

  /** A clause such as "names no layer of this base". */
  String of(String key) {
    return word(key).or(() -> whole(key)).or(() -> mangled(key))
        .or(() -> prefixless(key))
        .or(() -> absentComponent(key))
        .or(() -> sdxl(key))
        .orElseGet(() -> nearest(key));
  }

  private static Optional<String> word(String key) {
    if (OUTPUT_WORD.matcher(key).matches()) {
      return Optional.of("is what OneTrainer adds to the text encoder's output for a word, which Kasane does not do");
    } else if (key.startsWith("bundle_emb.")) {
      return Optional.of("is an embedded textual inversion of an unknown kind; known are string_to_param.*, emb_params,"
          + " clip_l and clip_g");
    }
    return NAMELESS_WORD.matcher(key).matches() ? Optional.of("is a learned word (textual inversion) without a name;"
        + " save it in a file of its own, which «embedding» takes") : Optional.empty();
  }

  private static Optional<String> whole(String key) {
    return WHOLE.matcher(key).matches() && Parameters.layerOf(key).isEmpty()
        ? Optional.of("is a whole weight of a model beside the adapter; ComfyUI and AUTOMATIC1111 leave such weights"
            + " out, and so does Kasane where that is accepted")
        : Optional.empty();
  }

  private static Optional<String> prefixless(String key) {
    return Prefixes.isOf(key) || OriginalNames.isOne(key)
        ? Optional.empty()
        : Optional.of("has none of the prefixes " + KNOWN);
  }

  private Optional<String> mangled(String key) {
    String repaired = KeyRepairs.undo(key);
    Optional<Place> place = repairs.place(repaired);
    // Dotted names are nothing wrong in themselves; only flattened ones are mangled whatever they name.
    if (repaired.equals(key) || place.isEmpty() && Parameters.layerOf(key).filter(StrayKeys::isDotted).isPresent()) {
      return Optional.empty();
    }
    String meant = place.map(layer -> "it was meant for " + layer.component() + " layer " + layer.path()
            + "; «convert, repair» renames it")
        .orElse("even repaired it fits no layer of this base");
    return Optional.of("is mangled by a faulty conversion (" + fault(key) + "); " + meant);
  }

  private static boolean isDotted(String layer) {
    return layer.indexOf('.') >= 0;
  }

  private static String fault(String key) {
    Matcher doubled = DOUBLE_PREFIX.matcher(key);
    if (doubled.find()) {
      return "prefix '" + doubled.group() + "' for '" + doubled.group(1) + "'";
    }
    return Prefixes.FLAT.stream().anyMatch(key::startsWith) ? "parameter joined on" : "another prefix than " + KNOWN;
  }

  private Optional<String> absentComponent(String key) {
    if (SECOND_TEXT.matcher(key).lookingAt() && !table.has(Prefixes.TEXT_ENCODER_2)) {
      return Optional.of("belongs to a second text encoder, as SDXL has; this base has none");
    }
    boolean text = FIRST_TEXT.matcher(key).lookingAt();
    if (text && !table.has(Prefixes.TEXT_ENCODER)) {
      return Optional.of("belongs to the text encoder, which was not opened");
    }
    boolean unet = UNET.matcher(key).lookingAt();
    return unet && !table.has(Prefixes.UNET)
        ? Optional.of("belongs to the U-Net, which was not opened")
        : Optional.empty();
  }

  private static Optional<String> sdxl(String key) {
    return SDXL_ONLY.matcher(key).find()
        ? Optional.of("names a layer that only SDXL has; the adapter was made for another base")
        : Optional.empty();
  }

  private String nearest(String key) {
    if (key.indexOf('.') < 0) {
      return "has no parameter name after a dot";
    }
    return "names no layer of this base"
        + near.of(layer(key), table.names()).map(name -> "; the nearest is " + name).orElse("");
  }

  private static String layer(String key) {
    return Parameters.layerOf(key).orElse(key.substring(0, key.indexOf('.')));
  }
}
