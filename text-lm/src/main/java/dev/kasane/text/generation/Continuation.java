package dev.kasane.text.generation;

/**
 * What a model made of a prompt.
 *
 * @param text the continuation alone, without stop text or end mark
 * @param tokens the ids that were generated, the end mark included
 * @param end why it ended
 */
public record Continuation(String text, int[] tokens, End end) {
  /** Why a continuation ended. */
  public enum End {
    /** The model wrote its end mark. */
    FINISHED,
    /** A stop text came. */
    STOPPED,
    /** It reached the longest length, that asked for or the model's own. */
    LENGTH
  }
}
