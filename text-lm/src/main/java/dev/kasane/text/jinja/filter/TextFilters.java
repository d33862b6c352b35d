package dev.kasane.text.jinja.filter;

import dev.kasane.text.jinja.value.Arguments;
import dev.kasane.text.jinja.value.Budget;
import dev.kasane.text.jinja.value.Cases;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.Operators;
import dev.kasane.text.jinja.value.PercentFormat;
import dev.kasane.text.jinja.value.PythonText;
import dev.kasane.text.jinja.value.Splits;
import dev.kasane.text.jinja.value.TextMethods;
import dev.kasane.text.jinja.value.Tuple;
import dev.kasane.text.jinja.value.Values;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Filters of texts. */
final class TextFilters {
  private TextFilters() {}

  static void register(Map<String, Filters.Filter> filters) {
    Filters.plain(filters, "string", (value, r) -> PythonText.str(value));
    Filters.plain(filters, "safe", (value, r) -> PythonText.str(value));
    Filters.plain(filters, "pprint", (value, r) -> PythonText.repr(value));
    Filters.plain(filters, "upper", (value, r) -> PythonText.str(value).toUpperCase(Locale.ROOT));
    Filters.plain(filters, "lower", (value, r) -> PythonText.str(value).toLowerCase(Locale.ROOT));
    Filters.plain(filters, "capitalize", (value, r) -> Cases.capitalize(PythonText.str(value)));
    Filters.plain(filters, "title", (value, r) -> title(PythonText.str(value)));
    filters.put("trim", (value, a, r) ->
        PythonText.strip(PythonText.str(value), a.of("trim", "chars").text(0, "chars", null), true, true));
    filters.put("center", (value, a, r) -> TextMethods.call(PythonText.str(value), "center",
        new Arguments(List.of((long) a.number(0, "width", 80)), Map.of()), r));
    filters.put("replace", TextFilters::replace);
    filters.put("format", TextFilters::format);
    filters.put("indent", TextFilters::indent);
    filters.put("truncate", TextFilters::truncate);
    Filters.plain(filters, "wordcount", (value, r) -> countWords(PythonText.str(value)));
    filters.put("wordwrap", TextFilters::wrap);
    Filters.plain(filters, "striptags", (value, r) -> withoutTags(PythonText.str(value)));
    Filters.plain(filters, "urlencode", (value, r) -> urlEncode(value));
    for (String name : List.of("escape", "e", "forceescape")) {
      Filters.plain(filters, name, (value, r) -> escape(PythonText.str(value)));
    }
  }

  /** Every word with a capital; words are what white space, hyphens and opening brackets part. */
  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    int begin = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || "-({[<".indexOf(text.charAt(i)) >= 0 || PythonText.isSpace(text.charAt(i))) {
        out.append(titled(text.substring(begin, i)));
        out.append(text, i, Math.min(i + 1, text.length()));
        begin = i + 1;
      }
    }
    return out.toString();
  }

  private static String titled(String word) {
    if (word.isEmpty()) {
      return word;
    }
    int first = Character.charCount(word.codePointAt(0));
    return word.substring(0, first).toUpperCase(Locale.ROOT) + word.substring(first).toLowerCase(Locale.ROOT);
  }

  private static Object countWords(String text) {
    long words = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int code = text.codePointAt(i);
      boolean part = code == '_' || Character.isLetterOrDigit(code) || Cases.isNumeric(code);
      words += part && !inWord ? 1 : 0;
      inWord = part;
    }
    return words;
  }

  private static Object replace(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("replace", "old", "new", "count");
    int most = arguments.get(2, "count", null) == null ? -1 : arguments.number(2, "count", -1);
    return TextMethods.replace(PythonText.str(value), PythonText.str(arguments.require(0, "old")),
        PythonText.str(arguments.require(1, "new")), most, budget);
  }

  private static Object format(Object value, Arguments arguments, Budget budget) {
    if (!arguments.positional().isEmpty() && !arguments.named().isEmpty()) {
      throw new JinjaException("can't handle positional and keyword arguments at the same time");
    }
    return PercentFormat.format(PythonText.str(value), arguments.named().isEmpty()
        ? new Tuple(arguments.positional()) : arguments.named(), budget);
  }

  private static Object indent(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("indent", "width", "first", "blank");
    Object width = arguments.get(0, "width", 4L);
    String indention = width instanceof String text ? text
        : (String) Operators.apply("*", " ", width, budget);
    boolean blank = arguments.flag(2, "blank", false);
    // Jinja2 adds a line break before it splits, so that one at the end stays.
    List<Object> lines = Splits.lines(PythonText.str(value) + "\n", false);
    budget.requireLength((long) lines.size() * indention.length());
    String first = lines.isEmpty() ? "" : (String) lines.get(0);
    String rest = lines.stream().skip(1).map(String.class::cast)
        .map(line -> line.isEmpty() && !blank ? line : indention + line).collect(Collectors.joining("\n"));
    String text = lines.size() > 1 ? first + "\n" + rest : first;
    return arguments.flag(1, "first", false) ? indention + text : text;
  }

  private static Object truncate(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("truncate", "length", "killwords", "end", "leeway");
    String text = PythonText.str(value);
    int length = arguments.number(0, "length", 255);
    String end = arguments.text(2, "end", "...");
    int leeway = arguments.get(3, "leeway", null) == null ? 5 : arguments.number(3, "leeway", 5);
    if (length < PythonText.length(end) || leeway < 0) {
      throw new JinjaException("truncate expects a length of at least " + PythonText.length(end) + " and no negative"
          + " leeway, got " + length);
    }
    if (PythonText.length(text) <= (long) length + leeway) {
      return text;
    }
    String cut = PythonText.part(text, 0, length - PythonText.length(end));
    int space = cut.lastIndexOf(' ');
    return (arguments.flag(1, "killwords", false) || space < 0 ? cut : cut.substring(0, space)) + end;
  }

  private static Object wrap(Object value, Arguments given, Budget budget) {
    Arguments arguments = given.of("wordwrap", "width", "break_long_words", "wrapstring", "break_on_hyphens");
    int width = arguments.number(0, "width", 79);
    if (width <= 0) {
      throw new JinjaException("invalid width " + width + " (must be > 0)");
    }
    boolean breakLong = arguments.flag(1, "break_long_words", true);
    boolean hyphens = arguments.flag(3, "break_on_hyphens", true);
    String between = arguments.text(2, "wrapstring", null);
    List<String> lines = new ArrayList<>();
    for (Object line : Splits.lines(PythonText.str(value), false)) {
      List<String> wrapped = new WordWrap(width, breakLong, hyphens).wrap((String) line);
      lines.add(String.join(between == null ? "\n" : between, wrapped));
    }
    return String.join(between == null ? "\n" : between, lines);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;").replace("'", "&#39;")
        .replace("\"", "&#34;");
  }

  private static String withoutTags(String text) {
    String plain = withoutMarkup(text);
    List<?> words = (List<?>) Splits.split(plain, Arguments.NONE, false);
    String spaced = words.stream().map(String.class::cast).collect(Collectors.joining(" "));
    return spaced.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", "\"").replace("&quot;", "\"")
        .replace("&#39;", "'").replace("&amp;", "&");
  }

  /** Comments first, then what stands between angle brackets; each is looked through once. */
  private static String withoutMarkup(String text) {
    return without(without(text, "<!--", "-->"), "<", ">");
  }

  private static String without(String text, String begin, String end) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (int from = text.indexOf(begin); from >= 0; from = text.indexOf(begin, at)) {
      int to = text.indexOf(end, from + begin.length());
      if (to < 0) {
        break;
      }
      out.append(text, at, from);
      at = to + end.length();
    }
    return out.append(text, at, text.length()).toString();
  }

  private static String urlEncode(Object value) {
    if (value instanceof String text) {
      return quote(text, true);
    } else if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream().map(entry -> quote(PythonText.str(entry.getKey()), false) + "="
          + quote(PythonText.str(entry.getValue()), false)).collect(Collectors.joining("&"));
    } else if (value instanceof List<?> pairs) {
      return pairs.stream().map(Values::pair).map(pair -> quote(PythonText.str(pair.get(0)), false) + "="
          + quote(PythonText.str(pair.get(1)), false)).collect(Collectors.joining("&"));
    }
    return quote(PythonText.str(value), true);
  }

  /** Percent signs; in a path a slash stays and a space is %20, in a query a space is a plus. */
  private static String quote(String text, boolean path) {
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("*", "%2A").replace("%7E", "~");
    return path ? encoded.replace("+", "%20").replace("%2F", "/") : encoded;
  }
}
