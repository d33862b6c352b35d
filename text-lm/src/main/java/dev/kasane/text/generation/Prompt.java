package dev.kasane.text.generation;

import java.util.Set;

/**
 * A text to continue.
 *
 * @param tokens its ids, at least one
 * @param adapters the adapters that continue it, by name; empty for the bare model or, without a router, for
 *     whatever is attached
 * @param options how it is continued
 */
public record Prompt(int[] tokens, Set<String> adapters, GenerationOptions options) {
  /** A prompt without adapters of its own. */
  public static Prompt of(int[] tokens, GenerationOptions options) {
    return new Prompt(tokens, Set.of(), options);
  }
}
