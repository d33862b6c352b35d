package dev.kasane.text.chat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Brings a template's text into what the Jinja engine understands without a change of meaning. */
final class TemplateSource {
  /** Hugging Face's tags around what the assistant says; they render as what they enclose. */
  private static final Pattern GENERATION = Pattern.compile("\\{%(-?)\\s*(end)?generation\\s*(-?)%}");

  private TemplateSource() {}

  static String prepare(String source) {
    // Jinja drops one line break at a template's end; the engine here would drop it at the output's.
    Matcher matcher = GENERATION.matcher(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
    return matcher.replaceAll(found -> "{%" + found.group(1) + " if true %}{% endif " + found.group(3) + "%}");
  }
}
