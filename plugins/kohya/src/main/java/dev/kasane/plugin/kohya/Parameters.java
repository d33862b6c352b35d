package dev.kasane.plugin.kohya;

import static dev.kasane.core.lowrank.LoraNames.DOWN;
import static dev.kasane.core.lowrank.LoraNames.MAGNITUDE;
import static dev.kasane.core.lowrank.LoraNames.UP;
import static dev.kasane.core.spi.AdapterModule.ALPHA;
import static dev.kasane.core.spi.AdapterModule.SCALAR;
import static dev.kasane.core.spi.AdapterModule.SCALE;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What files of the family call the parameters of a layer, beside what the neutral form calls them. */
final class Parameters {
  /** A weight in the place of the base's. */
  static final String WHOLE = "weight";
  static final String SET = "set_weight";
  /** Stored as one number, whatever the axes of its tensor. */
  static final Set<String> NUMBERS = Set.of(ALPHA, SCALE, SCALAR, "on_input");
  /**
   * ComfyUI's LoRA for a layer with more channels than the base's says to what size the base's is filled up. The
   * factors have that size too, so that the layer fits them or not, whatever this says.
   */
  static final String RESHAPE = "reshape_weight";

  private static final Map<String, String> SPELLINGS = Map.ofEntries(
      Map.entry("lora_A.weight", DOWN), Map.entry("lora_B.weight", UP),
      Map.entry("lora_A", DOWN), Map.entry("lora_B", UP),
      Map.entry("lora_A.default.weight", DOWN), Map.entry("lora_B.default.weight", UP),
      Map.entry("lora.down.weight", DOWN), Map.entry("lora.up.weight", UP),
      Map.entry("lora_linear_layer.down.weight", DOWN), Map.entry("lora_linear_layer.up.weight", UP),
      Map.entry("lora_magnitude_vector", MAGNITUDE), Map.entry("lora_magnitude_vector.weight", MAGNITUDE),
      Map.entry("lora_magnitude_vector.default.weight", MAGNITUDE),
      Map.entry(SET, WHOLE));
  private static final Pattern DOTTED = Pattern.compile("(.+?)\\.("
      + "lora_(?:up|down|mid)\\.weight|lora_[AB](?:\\.default)?(?:\\.weight)?"
      + "|lora(?:_linear_layer)?\\.(?:up|down)\\.weight|lora_magnitude_vector(?:\\.default)?(?:\\.weight)?"
      + "|hada_\\w+|lokr_\\w+|[ab][12]\\.weight|bm\\.weight|oft_\\w+(?:\\.weight)?|rescale|diff|diff_b|w_norm|b_norm"
      + "|set_weight|reshape_weight|dora_scale|alpha|scale|scalar|on_input)");
  private static final Pattern SHARED = Pattern.compile("lora_[AB].*|lora(?:_linear_layer)?\\..*|lora_magnitude_vector.*");
  private static final Set<String> CONSTANTS = Set.of(RESHAPE, MAGNITUDE, ALPHA, SCALE, SCALAR, "on_input");
  private static final int LONGEST = 1024;

  private Parameters() {}

  /** The neutral form's name of a parameter; one that has no other is its own. */
  static String neutral(String stored) {
    return SPELLINGS.getOrDefault(stored, stored);
  }

  /** Whether PEFT stores these magnitudes, which are always one for each output. */
  static boolean isOfPeft(String stored) {
    return stored.startsWith("lora_magnitude_vector");
  }

  /** Whether other formats' files have parameters of this name too. */
  static boolean isShared(String stored) {
    return SHARED.matcher(stored).matches();
  }

  /** Whether a parameter only comes with others, which tell the format. */
  static boolean isConstant(String stored) {
    return CONSTANTS.contains(stored);
  }

  /** What stands before the parameter in a key with dotted names; nothing for a key without a known parameter. */
  static Optional<String> layerOf(String key) {
    Matcher parts = parts(key);
    return parts.matches() ? Optional.of(parts.group(1)) : Optional.empty();
  }

  private static Matcher parts(String key) {
    return DOTTED.matcher(key.length() > LONGEST ? "" : key);
  }
}
