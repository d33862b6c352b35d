package dev.kasane.text.jinja.value;

import java.util.List;

/** Parts of texts that are looked for, between a first and a last place as Python counts them. */
final class Search {
  private Search() {}

  /** The part of a text that arguments name, and where it begins in code points; null where they lie outside. */
  private record Window(String text, int begin) {
    static Window of(String text, Arguments arguments) {
      int size = PythonText.length(text);
      int from = place(arguments.number(1, "start", 0), size);
      int end = arguments.get(2, "end", null) == null ? size : arguments.number(2, "end", size);
      int to = Math.min(size, place(end, size));
      return from > size || from > to ? null : new Window(PythonText.part(text, from, to), from);
    }

    private static int place(int at, int size) {
      return at < 0 ? Math.max(0, at + size) : at;
    }
  }

  /** Where a text begins, in code points, or -1. */
  static Object find(String text, Arguments arguments, boolean last) {
    String part = wanted(arguments.require(0, "sub"));
    Window window = Window.of(text, arguments);
    int at = window == null ? -1 : last ? window.text().lastIndexOf(part) : window.text().indexOf(part);
    return at < 0 ? -1L : (long) window.begin() + window.text().codePointCount(0, at);
  }

  static Object require(Object place) {
    if (place.equals(-1L)) {
      throw new JinjaException("substring not found");
    }
    return place;
  }

  static int count(String text, Arguments arguments) {
    String part = wanted(arguments.require(0, "sub"));
    Window window = Window.of(text, arguments);
    if (window == null) {
      return 0;
    } else if (part.isEmpty()) {
      return PythonText.length(window.text()) + 1;
    }
    int count = 0;
    for (int at = window.text().indexOf(part); at >= 0; at = window.text().indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  /** Whether a text begins, or ends, with another, or with one of a tuple. */
  static boolean touches(String text, Arguments arguments, boolean start) {
    Object wanted = arguments.require(0, "prefix");
    Window window = Window.of(text, arguments);
    List<?> any = wanted instanceof Tuple tuple ? tuple : List.of(wanted(wanted));
    return window != null && any.stream().map(Search::wanted)
        .anyMatch(each -> start ? window.text().startsWith(each) : window.text().endsWith(each));
  }

  private static String wanted(Object part) {
    if (part instanceof String text) {
      return text;
    }
    throw new JinjaException("a text is looked for with " + Values.type(part) + ", expected a text");
  }
}
