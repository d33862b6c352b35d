package dev.kasane.plugin.diffusers;

import static dev.kasane.core.lowrank.LoraNames.DOWN;
import static dev.kasane.core.lowrank.LoraNames.MAGNITUDE;
import static dev.kasane.core.lowrank.LoraNames.UP;
import static dev.kasane.core.lowrank.LoraNames.UP_BIAS;
import static dev.kasane.core.spi.AdapterModule.ALPHA;

import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterKey.Sign;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A key taken apart.
 *
 * @param component the part of the pipeline
 * @param path the layer's dotted path in it, current names
 * @param parameter the parameter's neutral name, such as {@code lora_down.weight}
 * @param layer the layer's name as the file has it
 */
record DiffusersKey(String component, String path, String parameter, String layer) {
  static final String UNET = "unet";
  static final String TEXT_ENCODER = "text_encoder";
  static final String TEXT_ENCODER_2 = "text_encoder_2";

  private static final int LONGEST = 1024;
  private static final Pattern PREFIX =
      Pattern.compile("(unet|text_encoder(?:_[23])?|transformer|prior|controlnet)\\.(.+)");
  private static final Pattern TEXT_PATH =
      Pattern.compile("(?:text_model\\.)?encoder\\.layers\\.\\d+\\..+|text_model\\..+|text_projection");
  private static final Pattern PROCESSOR =
      Pattern.compile("(.+)\\.(to_(?:q|k|v|out))_lora\\.(down|up)\\.weight");
  private static final Pattern LAYER = Pattern.compile("(.+)\\.lora(?:_linear_layer)?\\.(down|up)\\.weight");
  private static final Pattern PEFT = Pattern.compile("(.+)\\.lora_([AB])(?:\\.[\\w-]+)?\\.weight");
  private static final Pattern PEFT_BIAS = Pattern.compile("(.+)\\.lora_B(?:\\.[\\w-]+)?\\.bias");
  private static final Pattern PEFT_MAGNITUDE =
      Pattern.compile("(.+)\\.lora_magnitude_vector(?:\\.[\\w-]+){0,2}");
  private static final Pattern STORED_ALPHA =
      Pattern.compile("(.+?)(?:_lora|\\.lora|\\.lora_linear_layer)?(?:\\.(?:down|up)\\.weight)?\\.alpha");
  private static final Pattern DORA_SCALE = Pattern.compile("(.+)\\.dora_scale");
  private static final Pattern LANGUAGE_MODEL = Pattern.compile(
      "(?:base_model|model\\.(?:layers|decoder|language_model)|transformer\\.h|gpt_neox|decoder|h)\\.");
  private static final Map<String, String> ROLES = Map.of("down", DOWN, "up", UP, "A", DOWN, "B", UP);

  /** Takes a key apart, whatever the base; nothing for a key without a parameter of these files. */
  static Optional<DiffusersKey> parse(String key) {
    if (key.length() > LONGEST) {
      return Optional.empty();
    }
    if (isOfPeft(key)) {
      return single(PEFT_MAGNITUDE, key, MAGNITUDE);
    }
    return switch (key.substring(key.lastIndexOf('.') + 1)) {
      case "weight" -> pair(PROCESSOR, key, 3).or(() -> pair(LAYER, key, 2)).or(() -> pair(PEFT, key, 2));
      case "bias" -> single(PEFT_BIAS, key, UP_BIAS);
      case "alpha" -> single(STORED_ALPHA, key, ALPHA);
      case "dora_scale" -> single(DORA_SCALE, key, MAGNITUDE);
      default -> Optional.empty();
    };
  }

  private static Optional<DiffusersKey> pair(Pattern pattern, String name, int role) {
    Matcher matcher = pattern.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String layer = role == 3 ? matcher.group(1) + "." + matcher.group(2) : matcher.group(1);
    return Optional.of(of(layer, ROLES.get(matcher.group(role))));
  }

  private static Optional<DiffusersKey> single(Pattern pattern, String name, String parameter) {
    Matcher matcher = pattern.matcher(name);
    return matcher.matches() ? Optional.of(of(matcher.group(1), parameter)) : Optional.empty();
  }

  private static DiffusersKey of(String layer, String parameter) {
    String name = layer.replace(".processor.", ".");
    Matcher prefixed = PREFIX.matcher(name);
    if (prefixed.matches()) {
      String component = prefixed.group(1);
      return new DiffusersKey(component, current(component, prefixed.group(2)), parameter, layer);
    }
    String component = TEXT_PATH.matcher(name).matches() ? TEXT_ENCODER : UNET;
    return new DiffusersKey(component, current(component, name), parameter, layer);
  }

  /** Early text encoders had the U-Net's names for their projections, early U-Nets no number after the last. */
  private static String current(String component, String path) {
    if (!component.startsWith(TEXT_ENCODER)) {
      return path.endsWith(".to_out") ? path + ".0" : path;
    }
    int dot = path.lastIndexOf('.');
    return switch (path.substring(dot + 1)) {
      case "to_q" -> path.substring(0, dot) + ".q_proj";
      case "to_k" -> path.substring(0, dot) + ".k_proj";
      case "to_v" -> path.substring(0, dot) + ".v_proj";
      case "to_out" -> path.substring(0, dot) + ".out_proj";
      default -> path;
    };
  }

  /**
   * Whether a key has magnitudes as PEFT stores them, which are always one for each output; of those under LyCORIS's
   * name, as OneTrainer writes them, the shape tells.
   */
  static boolean isOfPeft(String key) {
    return key.contains(".lora_magnitude_vector") && PEFT_MAGNITUDE.matcher(key).matches();
  }

  /** Takes a key apart for a description. Factors tell the format wherever they are not a language model's. */
  static Optional<AdapterKey> describe(String key) {
    return parse(key).map(each -> AdapterKey.of(each.layer(), each.parameter())
        .inLayer(each.component() + "." + each.path())
        .signed((each.parameter().equals(DOWN) || each.parameter().equals(UP))
            && !LANGUAGE_MODEL.matcher(key).lookingAt() ? Sign.LIKELY : Sign.NONE));
  }
}
