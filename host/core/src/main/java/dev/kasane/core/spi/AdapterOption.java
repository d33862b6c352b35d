package dev.kasane.core.spi;

/**
 * An option of an adapter method.
 *
 * @param name the field's name for it: {@code rank}, {@code alpha}
 * @param type what values it takes
 * @param defaultValue the value when nothing is said, written as the user would
 * @param description one sentence for the help text
 */
public record AdapterOption(String name, Type type, String defaultValue, String description) {
  /** What values an option takes. */
  public enum Type {
    /** A whole number. */
    INTEGER,
    /** A number. */
    NUMBER,
    /** {@code true} or {@code false}. */
    BOOLEAN,
    /** Any text. */
    TEXT
  }
}
