package dev.kasane.text.tokenizer.check;

import java.text.Normalizer;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks what a tokeniser does to a text before it splits it: that the text does not grow without bound. */
final class NormalizerCheck {
  /** How often as long a text may get by what the file itself says. */
  private static final double MOST_GROWTH = 64;
  /** How often as long Unicode's normal forms and lower case make a text at most (U+FDFA becomes 18 characters). */
  private static final Map<String, Integer> GROWTH_OF_FORMS = Map.of("NFC", 3, "NFD", 4, "NFKC", 18, "NFKD", 18,
      "BertNormalizer", 4, "Lowercase", 3, "ByteLevel", 4);

  /** What is in a normal form and in lower case grows no further by another. */
  private static final int LARGEST_FORM = 18;

  private final List<TokenizerPart> components;
  private final Map<TokenizerPart, CharacterTable> tables = new HashMap<>();

  private NormalizerCheck(List<TokenizerPart> components) {
    this.components = components;
  }

  /** The normalisers of a file. */
  static NormalizerCheck of(TokenizerPart file) {
    return new NormalizerCheck(file.components(ComponentKind.NORMALIZER));
  }

  /**
   * Checks them.
   *
   * @param length characters of the longest text that goes in
   * @return characters of the longest text that comes out
   * @throws dev.kasane.core.UserException when one is refused
   */
  double check(double length) {
    double growth = 1;
    Map<String, Integer> forms = new HashMap<>();
    for (TokenizerPart component : components) {
      growth *= growth(component, longest(length * growth, forms));
      if (growth > MOST_GROWTH) {
        throw component.refusal("makes texts more than " + (int) MOST_GROWTH + " times as long, with what stands"
            + " before it");
      }
      GROWTH_OF_FORMS.forEach((type, factor) -> {
        if (component.isType(type)) {
          // A second time it changes nothing, at least not more than the first.
          forms.put(type, factor);
        }
      });
    }
    return longest(length * growth, forms);
  }

  private static double longest(double length, Map<String, Integer> forms) {
    return length * Math.min(LARGEST_FORM, forms.values().stream().mapToInt(factor -> factor)
        .reduce(1, (a, b) -> a * b));
  }

  private double growth(TokenizerPart component, double length) {
    if (component.isType("Replace")) {
      int shortest = PatternCheck.check(component, length);
      if (shortest == 0) {
        throw component.child("pattern").refusal("matches where nothing stands");
      }
      return Math.max(1, (double) component.text("content").length() / shortest);
    }
    if (component.isType("Prepend")) {
      if (component.text("prepend").isEmpty()) {
        throw component.child("prepend").refusal("is no text, which cannot be put before another");
      }
      return 1.0 + component.text("prepend").length();
    }
    if (component.isType("Precompiled")) {
      return table(component).longestReplacement();
    }
    return 1;
  }

  private CharacterTable table(TokenizerPart component) {
    return tables.computeIfAbsent(component, part -> {
      try {
        return new CharacterTable(Base64.getDecoder().decode(part.text("precompiled_charsmap")));
      } catch (IllegalArgumentException e) {
        throw part.child("precompiled_charsmap").refusal("is damaged: " + e.getMessage());
      }
    });
  }

  /** Whether anything is left of a text when it went through all of them. */
  boolean leaves(String text) {
    String left = text;
    for (TokenizerPart component : components) {
      left = switch (component.text("type")) {
        case "Replace" -> PatternCheck.replaced(component, left);
        case "Precompiled" -> table(component).replaceAll(left);
        case "NFC", "NFD", "NFKC", "NFKD" ->
            Normalizer.normalize(left, Normalizer.Form.valueOf(component.text("type")));
        // What these drop at the ends or by a finer rule counts as dropped everywhere.
        case "Strip" -> left.replaceAll("[\\s\\p{Z}\u0085]", "");
        case "StripAccents" -> left.replaceAll("\\p{M}", "");
        case "BertNormalizer", "Nmt" -> left.replaceAll("[\\p{M}\\p{C}]", "");
        default -> left;
      };
    }
    return !left.isEmpty();
  }
}
