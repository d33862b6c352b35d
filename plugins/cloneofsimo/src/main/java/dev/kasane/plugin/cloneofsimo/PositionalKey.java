package dev.kasane.plugin.cloneofsimo;

import dev.kasane.core.lowrank.LoraNames;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A key that counts: {@code unet:12:up}.
 *
 * @param part {@code unet}, {@code text_encoder}, or {@code list} for a nameless list of tensors
 * @param index the layer's number in the walk
 * @param up whether it is the factor after the rank
 */
record PositionalKey(String part, int index, boolean up) {
  static final String LIST = "list";
  private static final Pattern KEY = Pattern.compile("(unet|text_encoder|list):(\\d{1,6}):(up|down)");

  static Optional<PositionalKey> parse(String key) {
    Matcher matcher = KEY.matcher(key);
    return matcher.matches() ? Optional.of(new PositionalKey(
        matcher.group(1), Integer.parseInt(matcher.group(2)), matcher.group(3).equals("up"))) : Optional.empty();
  }

  String parameter() {
    return up ? LoraNames.UP : LoraNames.DOWN;
  }
}
