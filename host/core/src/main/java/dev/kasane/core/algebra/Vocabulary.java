package dev.kasane.core.algebra;

import java.util.Optional;

/**
 * The layers of a language model that have a row for every token.
 *
 * @param tokens the token embedding's path
 * @param head the output head's path
 * @param tied where the head has no weight of its own but scores by the embedding's rows (tied embeddings), the name
 *     that its tensor gets in the files once it has one
 */
public record Vocabulary(String tokens, String head, Optional<String> tied) {
  /** Whether a layer is one of the two. */
  public boolean has(String path) {
    return path.equals(tokens) || path.equals(head);
  }

  /** Of the two layers the other one. */
  public String other(String path) {
    return path.equals(tokens) ? head : tokens;
  }
}
