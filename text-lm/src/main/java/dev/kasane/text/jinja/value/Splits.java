package dev.kasane.text.jinja.value;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Texts cut into parts. */
public final class Splits {
  private static final String LINE_ENDS = "\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029";

  private Splits() {}

  static Object partition(String text, Arguments arguments, boolean last) {
    String separator = separator(arguments.require(0, "sep"));
    int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
    if (at < 0) {
      return new Tuple(last ? List.of("", "", text) : List.of(text, "", ""));
    }
    return new Tuple(List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
  }

  private static String separator(Object value) {
    if (!(value instanceof String text) || text.isEmpty()) {
      throw new JinjaException(value instanceof String ? "empty separator" : "must be str, not " + Values.type(value));
    }
    return text;
  }

  public static Object split(String text, Arguments arguments, boolean fromEnd) {
    Object between = arguments.of("split", "sep", "maxsplit").get(0, "sep", null);
    int most = arguments.number(1, "maxsplit", -1);
    most = most < 0 ? Integer.MAX_VALUE : most;
    return between == null ? words(text, most, fromEnd)
        : fromEnd ? backwards(text, separator(between), most) : forwards(text, separator(between), most);
  }

  private static List<Object> forwards(String text, String separator, int most) {
    List<Object> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator); at >= 0 && parts.size() < most; at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static List<Object> backwards(String text, String separator, int most) {
    List<Object> parts = new ArrayList<>();
    int to = text.length();
    for (int at = text.lastIndexOf(separator); at >= 0 && parts.size() < most;
        at = text.lastIndexOf(separator, to - separator.length())) {
      parts.add(text.substring(at + separator.length(), to));
      to = at;
      if (to < separator.length()) {
        break;
      }
    }
    parts.add(text.substring(0, to));
    Collections.reverse(parts);
    return parts;
  }

  private static List<Object> words(String text, int most, boolean fromEnd) {
    return fromEnd ? wordsFromEnd(text, most) : wordsFromStart(text, most);
  }

  /** What is left after the last cut keeps the white space of the side that was not cut. */
  private static List<Object> wordsFromStart(String text, int most) {
    List<Object> parts = new ArrayList<>();
    int at = skip(text, 0, true);
    while (at < text.length() && parts.size() < most) {
      int end = skip(text, at, false);
      parts.add(text.substring(at, end));
      at = skip(text, end, true);
    }
    if (at < text.length()) {
      parts.add(text.substring(at));
    }
    return parts;
  }

  private static int skip(String text, int from, boolean space) {
    int at = from;
    while (at < text.length() && PythonText.isSpace(text.charAt(at)) == space) {
      at++;
    }
    return at;
  }

  private static List<Object> wordsFromEnd(String text, int most) {
    List<Object> parts = new ArrayList<>();
    int end = skipBack(text, text.length(), true);
    while (end > 0 && parts.size() < most) {
      int begin = skipBack(text, end, false);
      parts.add(text.substring(begin, end));
      end = skipBack(text, begin, true);
    }
    if (end > 0) {
      parts.add(text.substring(0, end));
    }
    Collections.reverse(parts);
    return parts;
  }

  private static int skipBack(String text, int from, boolean space) {
    int at = from;
    while (at > 0 && PythonText.isSpace(text.charAt(at - 1)) == space) {
      at--;
    }
    return at;
  }

  public static List<Object> lines(String text, boolean keepEnds) {
    List<Object> lines = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int end = from;
      while (end < text.length() && LINE_ENDS.indexOf(text.charAt(end)) < 0) {
        end++;
      }
      int after = text.startsWith("\r\n", end) ? end + 2 : Math.min(text.length(), end + 1);
      lines.add(text.substring(from, keepEnds ? after : end));
      from = after;
    }
    return lines;
  }
}
