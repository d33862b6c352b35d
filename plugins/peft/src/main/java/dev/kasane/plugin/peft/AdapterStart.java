package dev.kasane.plugin.peft;

import dev.kasane.core.VisibleText;
import dev.kasane.core.spi.AdapterModule;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How an adapter's factors began, {@code init_lora_weights}, by what it does to the base.
 *
 * <p>Most starts leave the base as it is. With PiSSA, OLoRA, CorDA and LoRA-GA PEFT takes the start off the base's
 * weights, W − scale·B₀·A₀, and what is saved fits that base alone. When such a folder is loaded PEFT begins anew on the
 * base that it is given: PiSSA's whole decomposition and OLoRA's come out as they were, so that the same is done here by
 * the method, which has the weights. What cannot come out again is refused.
 */
enum AdapterStart {
  /** The base stays as it is. */
  PLAIN(Map.of()),
  /** The largest singular directions of the weight are taken off it. */
  PISSA(Map.of(AdapterModule.PISSA, 1.0)),
  /** The first columns of Q and rows of R of the weight are taken off it. */
  OLORA(Map.of(AdapterModule.OLORA, 1.0));

  static final String KEY = "init_lora_weights";
  private static final Set<String> PLAIN_WORDS = Set.of("true", "false", "gaussian", "eva", "orthogonal", "mica");
  private static final Pattern FAST_PISSA = Pattern.compile("pissa_niter_.*");
  private static final String CONVERT = ". Save the adapter in PEFT with path_initial_model_for_weight_conversion, which"
      + " makes a plain LoRA of it. Where the adapter was saved before its training as well, set init_lora_weights to"
      + " true in both configurations, and «mix TRAINED BEFORE:-1, base MODEL, output OUT» makes the same";

  private final Map<String, Double> constants;

  AdapterStart(Map<String, Double> constants) {
    this.constants = constants;
  }

  /** Whether a word of the configuration is one of a start that leaves the base as it is. */
  static boolean isPlain(String text) {
    return PLAIN_WORDS.contains(text.toLowerCase(Locale.ROOT));
  }

  /** What the neutral form says of it. */
  Map<String, Double> constants() {
    return constants;
  }

  /** What the neutral form's constants say. */
  static AdapterStart ofConstants(Set<String> names) {
    return Arrays.stream(values()).filter(each -> !each.constants.isEmpty())
        .filter(each -> names.containsAll(each.constants.keySet())).findFirst().orElse(PLAIN);
  }

  /** The configuration's word for a start that is not plain. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Takes the configuration's word.
   *
   * @throws IllegalArgumentException for one that cannot be done again, or is unknown
   */
  static AdapterStart of(String text) {
    String word = text.toLowerCase(Locale.ROOT);
    if (isPlain(word)) {
      return PLAIN;
    } else if (FAST_PISSA.matcher(word).matches()) {
      throw refused(text, "the start was drawn at random, and PEFT changed the base's weights by it" + CONVERT);
    }
    return switch (word) {
      case "pissa" -> PISSA;
      case "olora" -> OLORA;
      case "corda" -> throw refused(text, "the start came from a run over data, and PEFT changed the base's weights by"
          + " it" + CONVERT);
      case "lora_ga" -> throw refused(text, "the start came from gradients, and PEFT changed the base's weights by it"
          + CONVERT);
      case "loftq" -> throw refused(text, "PEFT replaced the base's weights by quantised ones, which the start makes up"
          + " for. Set it to true to use the adapter on a base that was quantised in the same way, such as «base type"
          + " nf4»");
      default -> throw refused(text, "this way to start is unknown here and may have changed the base's weights"
          + CONVERT);
    };
  }

  private static IllegalArgumentException refused(String text, String why) {
    return new IllegalArgumentException("key '" + KEY + "' is \"" + VisibleText.shortened(text)
        + "\": " + why);
  }
}
