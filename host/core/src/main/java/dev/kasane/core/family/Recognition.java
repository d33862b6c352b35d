package dev.kasane.core.family;

/** How sure a family is that a model is one of its own. */
public enum Recognition {
  /** It is not. */
  NO,
  /** It looks like one; whoever is sure comes first. */
  LIKELY,
  /** It says so itself. */
  YES
}
