package dev.kasane.app.inspect;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts the layers that a file adapts, block by block of the base model. */
final class TargetBlocks {
  private static final Pattern UNET = Pattern.compile(
      "(down_blocks|up_blocks|input_blocks|output_blocks)[._](\\d+)|(mid_block|middle_block)");
  private static final Pattern TEXT =
      Pattern.compile("^lora_te[12]?_|^text_encoder_2\\b|text_encoder\\b|text_model");
  private static final Pattern SECOND_TEXT = Pattern.compile("^lora_te2[_.]|^text_encoder_2\\b|^(?:text_encoders\\.)?clip_g\\b");
  private static final Pattern LAST_NAME = Pattern.compile("([^.:]+)$");

  private static final Pattern NAMELESS = Pattern.compile("(?:unet|list):\\d+");
  private static final String KOHYA = "lora_unet_";

  private TargetBlocks() {}

  /**
   * Counts modules.
   *
   * @param modules their names, as the file has them
   * @return block, {@code text_encoder} or, where there are no blocks, the kind of layer → how many
   */
  static Map<String, Integer> count(Collection<String> modules) {
    Map<String, Integer> counts = new TreeMap<>();
    modules.forEach(module -> counts.merge(blockOf(module), 1, Integer::sum));
    return counts;
  }

  private static String blockOf(String module) {
    if (TEXT.matcher(module).find()) {
      return SECOND_TEXT.matcher(module).find() ? "text_encoder_2" : "text_encoder";
    }
    Matcher unet = UNET.matcher(module);
    if (unet.find()) {
      return unet.group(3) != null ? unet.group(3) : unet.group(1) + "." + unet.group(2);
    }
    if (NAMELESS.matcher(module).matches()) {
      return module.substring(0, module.indexOf(':'));
    }
    Matcher last = LAST_NAME.matcher(module);
    String name = last.find() ? last.group(1) : module;
    return name.startsWith(KOHYA) ? name.substring(KOHYA.length()) : name;
  }
}
