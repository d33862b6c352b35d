package dev.kasane.quant.checkpoint;

import java.util.List;

/** The names under which bitsandbytes keeps what belongs to a tensor. */
final class BitsandbytesNames {
  static final String ABSMAX = ".absmax";
  static final String QUANT_MAP = ".quant_map";
  static final String NESTED_ABSMAX = ".nested_absmax";
  static final String NESTED_QUANT_MAP = ".nested_quant_map";
  static final String STATE = ".quant_state.";
  static final String STATE_PREFIX = STATE + "bitsandbytes__";
  static final String WEIGHT = "weight";
  static final String SCB = "SCB";
  static final String FORMAT = "weight_format";

  private static final List<String> PARTS = List.of(ABSMAX, QUANT_MAP, NESTED_ABSMAX, NESTED_QUANT_MAP);

  private BitsandbytesNames() {}

  /** Whether a name with this ending is a part of a 4-bit tensor. */
  static boolean isPart(String name) {
    return name.contains(STATE) || PARTS.stream().anyMatch(name::endsWith);
  }

  /** The layer that a tensor belongs to, with a dot after it. */
  static String layer(String tensor) {
    return tensor.substring(0, tensor.lastIndexOf('.') + 1);
  }
}
