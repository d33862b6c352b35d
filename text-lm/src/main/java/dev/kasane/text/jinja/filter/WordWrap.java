package dev.kasane.text.jinja.filter;

import dev.kasane.text.jinja.value.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Breaks a line where words end, as Python's textwrap does without touching white space. */
record WordWrap(int width, boolean breakLong, boolean hyphens) {
  private static final Pattern CHUNK = Pattern.compile("\\s+|\\S+");
  private static final Pattern HYPHENATED = Pattern.compile("[^-]*[\\p{L}]-(?=\\p{L})|.+$");

  List<String> wrap(String line) {
    List<String> lines = new ArrayList<>();
    StringBuilder current = new StringBuilder();
    for (String chunk : chunks(line)) {
      String rest = chunk;
      if (length(current) + length(rest) > width && !current.isEmpty()) {
        boolean space = rest.isBlank();
        end(lines, current);
        rest = space ? "" : rest;
      }
      while (breakLong && length(rest) > width) {
        lines.add(PythonText.part(rest, 0, width));
        rest = PythonText.part(rest, width, length(rest));
      }
      current.append(rest);
    }
    end(lines, current);
    return lines;
  }

  private List<String> chunks(String line) {
    List<String> chunks = new ArrayList<>();
    Matcher chunk = CHUNK.matcher(line);
    while (chunk.find()) {
      Matcher part = HYPHENATED.matcher(chunk.group());
      if (!hyphens || chunk.group().isBlank()) {
        chunks.add(chunk.group());
        continue;
      }
      while (part.find()) {
        chunks.add(part.group());
      }
    }
    return chunks;
  }

  /** White space at a line's end is dropped. */
  private static void end(List<String> lines, StringBuilder current) {
    String text = current.toString().stripTrailing();
    if (!text.isEmpty()) {
      lines.add(text);
    }
    current.setLength(0);
  }

  private static int length(CharSequence text) {
    return PythonText.length(text.toString());
  }
}
