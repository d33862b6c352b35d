package dev.kasane.text.tokenizer.check;

/** Checks how a tokeniser makes a text of its tokens. */
final class DecoderCheck {
  /** How often as long the text of tokens may get. */
  private static final double MOST_GROWTH = 64;

  private DecoderCheck() {}

  /**
   * Checks the decoders of a file.
   *
   * @param length characters of the longest text that is made at once
   * @throws dev.kasane.core.UserException when one is refused
   */
  static void check(TokenizerPart file, double length) {
    double growth = 1;
    for (TokenizerPart component : file.components(ComponentKind.DECODER)) {
      if (component.isType("Strip")) {
        // Those that take away something at the end were replaced before, but for what the library itself refuses.
        component.number("stop", 0, StripDecoders.MOST);
        component.number("start", 0, component.json().path("stop").asInt() == 0 ? Integer.MAX_VALUE
            : StripDecoders.MOST);
      } else if (component.isType("Replace")) {
        int shortest = Math.max(1, PatternCheck.check(component, length * growth));
        growth *= Math.max(1, (double) component.text("content").length() / shortest);
      }
      if (growth > MOST_GROWTH) {
        throw component.refusal("makes texts more than " + (int) MOST_GROWTH + " times as long, with what stands"
            + " before it");
      }
    }
  }
}
