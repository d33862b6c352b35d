package dev.kasane.core.safetensors;

/** Words for names found in files. */
final class Reasons {
  private static final int LONGEST_QUOTE = 120;

  private Reasons() {
  }

  /** A name from a file in quotes, shortened and without control characters, fit for a message. */
  static String quote(String name) {
    String shown = name.length() <= LONGEST_QUOTE ? name : name.substring(0, LONGEST_QUOTE) + "…";
    StringBuilder clean = new StringBuilder("'");
    shown.chars().forEach(c -> clean.append(Character.isISOControl(c) ? '\ufffd' : (char) c));
    return clean.append('\'').toString();
  }
}
