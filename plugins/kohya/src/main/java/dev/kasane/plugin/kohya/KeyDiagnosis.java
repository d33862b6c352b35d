package dev.kasane.plugin.kohya;

import dev.kasane.core.FewNearNames;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what a key that fits no layer most likely is. */
final class KeyDiagnosis {
  private static final Pattern DOUBLE_PREFIX =
      Pattern.compile("^(lora_(?:unet|te\\d?)_)(unet|text_encoder(?:_2)?)_");
  private static final Pattern SDXL_ONLY = Pattern.compile(
      "_transformer_blocks_[1-9]|^lora_unet_(?:label_emb|add_embedding)|^lora_te2_");

  private final KeyTable table;
  private final KeyRepairs repairs;
  private final FewNearNames near = new FewNearNames();

  KeyDiagnosis(KeyTable table) {
    this.table = table;
    this.repairs = new KeyRepairs(table);
  }

  /** A clause such as "names no layer of this base". */
  String of(String key) {
    if (key.startsWith("bundle_emb.")) {
      return "is an embedded textual inversion of an unknown kind; known are string_to_param.*, emb_params,"
          + " clip_l and clip_g";
    }
    return mangled(key)
        .or(() -> prefixless(key))
        .or(() -> absentComponent(key))
        .or(() -> sdxl(key))
        .orElseGet(() -> nearest(key));
  }

  private static Optional<String> prefixless(String key) {
    return Prefixes.ALL.stream().anyMatch(key::startsWith)
        ? Optional.empty()
        : Optional.of("has none of the prefixes " + String.join(", ", Prefixes.ALL));
  }

  private Optional<String> mangled(String key) {
    String repaired = KeyRepairs.undo(key);
    if (repaired.equals(key)) {
      return Optional.empty();
    }
    String meant = repairs.place(repaired)
        .map(place -> "it was meant for " + place.component() + " layer " + place.path()
            + "; 'kasane convert --repair' renames it")
        .orElse("even repaired it fits no layer of this base");
    return Optional.of("is mangled by a faulty conversion (" + fault(key) + "); " + meant);
  }

  private static String fault(String key) {
    Matcher doubled = DOUBLE_PREFIX.matcher(key);
    if (doubled.find()) {
      return "prefix '" + doubled.group() + "' for '" + doubled.group(1) + "'";
    }
    return Prefixes.ALL.stream().anyMatch(key::startsWith)
        ? "parameter joined on" : "another prefix than " + String.join(", ", Prefixes.ALL);
  }

  private Optional<String> absentComponent(String key) {
    if (key.startsWith("lora_te2_") && !table.has(Prefixes.TEXT_ENCODER_2)) {
      return Optional.of("belongs to a second text encoder, as SDXL has; this base has none");
    }
    boolean text = key.startsWith("lora_te_") || key.startsWith("lora_te1_");
    if (text && !table.has(Prefixes.TEXT_ENCODER)) {
      return Optional.of("belongs to the text encoder, which was not opened");
    }
    boolean unet = key.startsWith("lora_unet_") || key.startsWith("oft_unet_");
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
        + near.of(module(key), table.names()).map(name -> "; the nearest is " + name).orElse("");
  }

  private static String module(String key) {
    int dot = key.indexOf('.');
    return dot < 0 ? key : key.substring(0, dot);
  }
}
