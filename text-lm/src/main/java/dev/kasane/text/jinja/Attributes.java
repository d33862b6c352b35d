package dev.kasane.text.jinja;

/** A value with attributes of its own: a loop, a namespace, a macro, a group. */
interface Attributes {
  /** What it has under a name, or {@link Access#MISSING}. */
  Object attribute(String name);
}
