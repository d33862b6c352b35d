package dev.kasane.text.tokenizer;

import java.util.List;

/** Takes out the spaces that a tokeniser of whole words leaves in a decoded English text. */
final class DecodedSpaces {
  /** What stands without a space before it, one replaced after the other. */
  private static final List<String> ENDINGS = List.of(".", "?", "!", ",", "' ", "n't", "'m", "'s", "'ve", "'re");

  private DecodedSpaces() {}

  /** The text without them. */
  static String cleaned(String text) {
    String cleaned = text;
    for (String ending : ENDINGS) {
      cleaned = cleaned.replace(" " + ending, ending.strip());
    }
    return cleaned;
  }
}
