package dev.kasane.text.jinja.value;

/** A value with attributes of its own: a loop, a namespace, a macro, a group. */
public interface Attributes {
  /** What it has under a name, or {@link Access#MISSING}. */
  public Object attribute(String name);
}
