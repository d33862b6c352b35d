package dev.kasane.text.model;

/** How a decoder layer puts attention f, feed-forward g and normalisations n together. */
public enum BlockOrder {
  /** x += f(n₁(x)); x += g(n₂(x)). */
  BEFORE,
  /** x = n₁(x + f(x)); x = n₂(x + g(x)). */
  AFTER,
  /** x += n₂(f(n₁(x))); x += n₄(g(n₃(x))). */
  AROUND,
  /** x += f(n₁(x)) + g(n₂(x)), both from the same x. */
  PARALLEL
}
