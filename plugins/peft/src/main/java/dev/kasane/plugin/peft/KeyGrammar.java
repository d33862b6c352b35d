package dev.kasane.plugin.peft;

import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterKey.Role;
import dev.kasane.core.spi.AdapterKey.Sign;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys of PEFT's tensors: {@code base_model.model.<path>.<parameter>}.
 *
 * <p>Old files keep the adapter's name in the key ({@code lora_A.default.weight}), some have no prefix, and
 * magnitudes and Hadamard factors come with and without {@code .weight}.
 */
final class KeyGrammar {
  static final String PREFIX = "base_model.model.";
  static final String WEIGHT = "weight";
  static final String BIAS = "bias";

  private static final Pattern ADAPTER = Pattern.compile(
      "(.+)\\.(lora_A|lora_B|lora_embedding_A|lora_embedding_B|lora_magnitude_vector"
          + "|hada_(?:w[12]_[ab]|t[12])|lokr_(?:w[12](?:_[ab])?|t2))"
          + "(?:\\.(?!weight$|bias$)[^.]+)?(?:\\.(weight|bias))?");
  private static final Pattern WHOLE = Pattern.compile(
      "(.+?)(?:\\.base_layer|\\.modules_to_save(?:\\.[^.]+)?)?\\.(weight|bias)");
  /** Parameters of any kind of adapter that PEFT has, those that are not supported too. */
  private static final Pattern ANY_ADAPTER =
      Pattern.compile("(.+?)\\.((?:lora|vera|hada|lokr|oft|boft|ia3|fourierft|hra|randlora)_.+)");
  /** Parameters of kinds that are refused end in {@code .weight} as well. */
  private static final Pattern OTHER_ADAPTER =
      Pattern.compile("\\.(?:lora|oft|boft|ia3|vera|fourierft|hra)_|\\.token_adapter");
  /** A wrapper's name in front is a fault of whoever saved the file, and the file PEFT's all the same. */
  private static final Pattern ROOT = Pattern.compile("^(?:.+\\.)?base_model\\.model\\.");
  /** Some files leave the root out. */
  private static final Pattern LANGUAGE_MODEL_FACTOR = Pattern.compile("(?:model\\.(?:layers|decoder|language_model)"
      + "|transformer\\.h|gpt_neox|decoder|h)\\..+\\.lora_[AB](?:\\.\\w+)?\\.weight");
  private static final Map<String, String> NEUTRAL = Map.of(
      "lora_A", LoraNames.DOWN, "lora_B", LoraNames.UP, "lora_magnitude_vector", LoraNames.MAGNITUDE);
  private static final Map<String, String> STORED = Map.of(
      LoraNames.DOWN, "lora_A.weight", LoraNames.UP, "lora_B.weight", LoraNames.UP_BIAS, "lora_B.bias",
      LoraNames.MAGNITUDE, "lora_magnitude_vector");

  /**
   * A key, understood.
   *
   * @param path the layer's path as the file has it
   * @param parameter the neutral name of the parameter
   * @param adapter whether it is part of an update, not a weight that replaces the base's
   */
  record Parsed(String path, String parameter, boolean adapter) {}

  private KeyGrammar() {}

  /** Takes a key apart for a description; of such files none is a stranger. */
  static AdapterKey describe(String key) {
    Matcher root = ROOT.matcher(key);
    boolean rooted = root.find();
    String rest = rooted ? key.substring(root.end()) : key;
    Optional<Parsed> parsed = parse(rest);
    Matcher other = ANY_ADAPTER.matcher(rest);
    AdapterKey found = parsed.filter(Parsed::adapter).map(each -> AdapterKey.of(each.path(), each.parameter()))
        .orElseGet(() -> rooted && other.matches() ? AdapterKey.of(other.group(1), other.group(2))
            : parsed.map(each -> AdapterKey.of(each.path(), each.parameter()).as(Role.WHOLE))
                .orElse(AdapterKey.of(rest, "").as(Role.OTHER)));
    boolean likely = LANGUAGE_MODEL_FACTOR.matcher(key).matches();
    return found.signed(rooted ? Sign.CERTAIN : likely ? Sign.LIKELY : Sign.NONE).mangled(WrapperNames.isMangled(key));
  }

  /** Takes a key apart, or gives nothing for a key that no supported kind of adapter has. */
  static Optional<Parsed> parse(String key) {
    String rest = key.startsWith(PREFIX) ? key.substring(PREFIX.length()) : key;
    Matcher adapter = ADAPTER.matcher(rest);
    if (adapter.matches()) {
      String name = adapter.group(2);
      if (BIAS.equals(adapter.group(3))) {
        return name.equals("lora_B") ? Optional.of(new Parsed(adapter.group(1), LoraNames.UP_BIAS, true))
            : Optional.empty();
      }
      return Optional.of(new Parsed(adapter.group(1), NEUTRAL.getOrDefault(name, name), true));
    }
    Matcher whole = WHOLE.matcher(rest);
    return whole.matches() && !isOtherAdapter(rest)
        ? Optional.of(new Parsed(whole.group(1), whole.group(2), false)) : Optional.empty();
  }

  /**
   * Whether a key only repeats a weight of the base, as PEFT's files do where a bias lies in a saved module, or the
   * vocabulary was resized.
   */
  static boolean isOfBase(String key) {
    return key.endsWith(".original_module.bias") || key.endsWith(".original_module.weight");
  }

  private static boolean isOtherAdapter(String key) {
    return OTHER_ADAPTER.matcher(key).find();
  }

  /** The key of a parameter of an update. */
  static String ofAdapter(String path, String parameter) {
    return PREFIX + path + "." + STORED.getOrDefault(parameter, parameter);
  }

  /**
   * The key of a weight that replaces the base's.
   *
   * @param wrapped whether the layer has an update as well, which hides it one level deeper
   */
  static String ofWhole(String path, String parameter, boolean wrapped) {
    return PREFIX + path + (wrapped ? ".base_layer." : ".") + parameter;
  }
}
