package dev.kasane.plugin.peft;

import dev.kasane.core.checkpoint.KeyRepair;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What keys were before the names of wrappers got into them: a model that is compiled, sharded or spread over processes
 * is a module in another one, and whoever saves the outer one saves its name. PEFT leaves such keys out with a warning.
 */
final class WrapperNames {
  /** torch.compile, FSDP, activation checkpointing, DeepSpeed. */
  private static final Pattern WRAPPER = Pattern.compile("(?<=^|\\.)(?:_orig_mod|_fsdp_wrapped_module"
      + "|_checkpoint_wrapped_module|_forward_module)\\.");
  /** DataParallel's name, which only means a wrapper in front, and PEFT's own, once too often. */
  private static final Pattern FRONT = Pattern.compile("^(?:module\\.|base_model\\.(?:model\\.)?(?=base_model\\.))+");

  private final BasePlaces places;

  /**
   * @param places the base's layers
   */
  WrapperNames(BasePlaces places) {
    this.places = places;
  }

  /** Whether a wrapper's name is in a key, or PEFT's root after anything that is no wrapper known here. */
  static boolean isMangled(String key) {
    return WRAPPER.matcher(key).find() || key.indexOf("." + KeyGrammar.PREFIX) > 0;
  }

  /** The key without wrappers. */
  static String unwrapped(String key) {
    return FRONT.matcher(WRAPPER.matcher(key).replaceAll("")).replaceFirst("");
  }

  /** The key that was meant, when it differs and names a layer of the base. */
  Optional<String> of(String key) {
    String meant = unwrapped(key);
    return meant.equals(key) || !isPlaced(meant) ? Optional.empty() : Optional.of(meant);
  }

  private boolean isPlaced(String key) {
    return KeyGrammar.parse(key).flatMap(parsed -> places.find(parsed.path())).isPresent();
  }

  /** New keys for all that need one; nothing when one of them cannot be told, or two would fall together. */
  Optional<Map<String, String>> of(Collection<String> keys) {
    return KeyRepair.renames(keys, key -> Optional.of(unwrapped(key)).filter(this::isPlaced));
  }
}
