package dev.kasane.core.spi;

import java.util.List;
import java.util.Map;

/**
 * What a header, or metadata alone, tell people of an adapter. Everything may be empty.
 *
 * @param base what it was made for: {@code sd1}, {@code sd2}, {@code sdxl}, {@code llm}; else empty
 * @param method the kind of adapter, where modules do not tell; else empty
 * @param alphas the different alphas, where they do not stand with the modules
 * @param words words that call the adapter
 * @param training facts about the training by names for people, in the order to show them
 * @param notes what is worth knowing but does no harm, a clause each
 */
public record HeaderFacts(String base, String method, List<Double> alphas, List<String> words,
    Map<String, String> training, List<String> notes) {
  /** Nothing is told. */
  public static final HeaderFacts NONE = new HeaderFacts("", "", List.of(), List.of(), Map.of(), List.of());

  /** Words alone. */
  public static HeaderFacts ofWords(List<String> words) {
    return new HeaderFacts("", "", List.of(), words, Map.of(), List.of());
  }
}
