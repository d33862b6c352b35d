package dev.kasane.plugin.kohya;

import dev.kasane.core.checkpoint.KeyRepair;
import dev.kasane.plugin.kohya.KeyTable.Entry;
import dev.kasane.plugin.kohya.KeyTable.Place;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What keys meant that a faulty conversion wrote. A guess counts only when it names a layer of the base, so
 * nothing is renamed into something that fits no better.
 */
final class KeyRepairs {
  private static final Pattern JOINED_PARAMETER =
      Pattern.compile("_(lora_(?:down|up|mid))(?:\\.weight)?$|_(alpha|dora_scale)$");
  private static final Pattern DOUBLE_PREFIX =
      Pattern.compile("^((?:lora|oft)_(?:unet|te\\d?)_)(?:(?:lora_)?(?:unet|text_encoder(?:_2)?|te\\d?)_)+");
  private static final Pattern OTHER_PREFIX =
      Pattern.compile("^(?:lora[._])?(?:model_)?diffusion_model[._]|^unet[._]");
  /** Each undoes one known fault; faults come together, so they are undone one after another. */
  private static final List<UnaryOperator<String>> FAULTS = List.of(
      key -> JOINED_PARAMETER.matcher(key).replaceFirst(match ->
          match.group(1) != null ? "." + match.group(1) + ".weight" : "." + match.group(2)),
      key -> DOUBLE_PREFIX.matcher(key).replaceFirst("$1"),
      key -> OTHER_PREFIX.matcher(key).replaceFirst("lora_unet_"));

  private final KeyTable table;

  KeyRepairs(KeyTable table) {
    this.table = table;
  }

  /** The key that was meant, when it differs and names a layer of the base. */
  Optional<String> of(String key) {
    String repaired = undo(key);
    return repaired.equals(key) ? Optional.empty() : place(repaired).map(place -> repaired);
  }

  /** The key with every known fault undone, whether or not it then names a layer. */
  static String undo(String key) {
    String repaired = key;
    for (UnaryOperator<String> fault : FAULTS) {
      repaired = fault.apply(repaired);
    }
    return repaired;
  }

  Optional<Place> place(String key) {
    return table.entry(key).map(Entry::place);
  }

  /** New keys for all that need one; nothing when one of them cannot be told, or two would fall together. */
  Optional<Map<String, String>> of(Collection<String> keys) {
    return KeyRepair.renames(keys, key -> place(key).isPresent() ? Optional.of(key) : of(key));
  }
}
