package dev.kasane.text.jinja.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/** The methods of Python's texts. */
public final class TextMethods {
  /** A method of a text. */
  private interface Method {
    Object call(String text, Arguments arguments, Budget budget);
  }

  private static final Map<String, Method> METHODS = Map.ofEntries(
      Map.entry("capitalize", (text, a, r) -> Cases.capitalize(text)),
      Map.entry("casefold", (text, a, r) -> Cases.fold(text)),
      Map.entry("center", (text, a, r) -> padded(text, a, r, 2)),
      Map.entry("count", (text, a, r) -> (long) Search.count(text, a)),
      Map.entry("endswith", (text, a, r) -> Search.touches(text, a, false)),
      Map.entry("expandtabs", (text, a, r) -> expanded(text, a.number(0, "tabsize", 8), r)),
      Map.entry("find", (text, a, r) -> Search.find(text, a, false)),
      Map.entry("format", BraceFormat::format),
      Map.entry("index", (text, a, r) -> Search.require(Search.find(text, a, false))),
      Map.entry("isalnum", (text, a, r) -> all(text, Character::isLetterOrDigit)),
      Map.entry("isalpha", (text, a, r) -> all(text, Character::isLetter)),
      Map.entry("isascii", (text, a, r) -> text.isEmpty() || all(text, code -> code < 128)),
      Map.entry("isdecimal", (text, a, r) -> all(text, Character::isDigit)),
      Map.entry("isdigit", (text, a, r) -> all(text, Cases::isDigit)),
      Map.entry("isidentifier", (text, a, r) -> Cases.isIdentifier(text)),
      Map.entry("islower", (text, a, r) -> Cases.isLower(text)),
      Map.entry("isnumeric", (text, a, r) -> all(text, Cases::isNumeric)),
      Map.entry("isprintable", (text, a, r) -> text.isEmpty() || all(text, PythonText::isPrintable)),
      Map.entry("isspace", (text, a, r) -> PythonText.isSpace(text)),
      Map.entry("istitle", (text, a, r) -> Cases.isTitle(text)),
      Map.entry("isupper", (text, a, r) -> Cases.isUpper(text)),
      Map.entry("join", (text, a, r) -> joined(text, Values.items(a.require(0, "iterable")), r)),
      Map.entry("ljust", (text, a, r) -> padded(text, a, r, 0)),
      Map.entry("lower", (text, a, r) -> text.toLowerCase(Locale.ROOT)),
      Map.entry("lstrip", (text, a, r) -> PythonText.strip(text, a.text(0, "chars", null), true, false)),
      Map.entry("partition", (text, a, r) -> Splits.partition(text, a, false)),
      Map.entry("removeprefix", (text, a, r) -> text.startsWith(a.text(0, "prefix", null))
          ? text.substring(a.text(0, "prefix", null).length()) : text),
      Map.entry("removesuffix", (text, a, r) -> text.endsWith(a.text(0, "suffix", null))
          ? text.substring(0, text.length() - a.text(0, "suffix", null).length()) : text),
      Map.entry("replace", (text, a, r) -> replaced(text, a, r)),
      Map.entry("rfind", (text, a, r) -> Search.find(text, a, true)),
      Map.entry("rindex", (text, a, r) -> Search.require(Search.find(text, a, true))),
      Map.entry("rjust", (text, a, r) -> padded(text, a, r, 1)),
      Map.entry("rpartition", (text, a, r) -> Splits.partition(text, a, true)),
      Map.entry("rsplit", (text, a, r) -> Splits.split(text, a, true)),
      Map.entry("rstrip", (text, a, r) -> PythonText.strip(text, a.text(0, "chars", null), false, true)),
      Map.entry("split", (text, a, r) -> Splits.split(text, a, false)),
      Map.entry("splitlines", (text, a, r) -> Splits.lines(text, a.flag(0, "keepends", false))),
      Map.entry("startswith", (text, a, r) -> Search.touches(text, a, true)),
      Map.entry("strip", (text, a, r) -> PythonText.strip(text, a.text(0, "chars", null), true, true)),
      Map.entry("swapcase", (text, a, r) -> Cases.swap(text)),
      Map.entry("title", (text, a, r) -> Cases.title(text)),
      Map.entry("upper", (text, a, r) -> text.toUpperCase(Locale.ROOT)),
      Map.entry("zfill", (text, a, r) -> zeros(text, a.number(0, "width", 0), r)));

  private TextMethods() {}

  static boolean has(String name) {
    return METHODS.containsKey(name);
  }

  public static Object call(String text, String name, Arguments arguments, Budget budget) {
    budget.charge(1 + text.length() / Budget.UNITS_A_STEP);
    try {
      Object made = METHODS.get(name).call(text, arguments, budget);
      budget.charge(made instanceof List<?> parts ? parts.size() : 0);
      return made instanceof String result ? budget.text(result) : made;
    } catch (NullPointerException e) {
      throw new JinjaException(name + "() lacks an argument, or has None where a text is wanted");
    }
  }

  private static boolean all(String text, IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  public static String joined(String between, List<Object> items, Budget budget) {
    List<String> texts = new ArrayList<>();
    long length = 0;
    for (Object item : items) {
      if (!(item instanceof String text)) {
        throw new JinjaException("sequence item " + texts.size() + ": expected str instance, " + Values.type(item)
            + " found");
      }
      texts.add(text);
      length += text.length() + between.length();
    }
    return budget.text(Math.max(0, length - between.length()), () -> String.join(between, texts));
  }

  private static String replaced(String text, Arguments arguments, Budget budget) {
    String old = arguments.text(0, "old", null);
    String fresh = arguments.text(1, "new", null);
    int most = arguments.number(2, "count", -1);
    return replace(text, old, fresh, most, budget);
  }

  /** Replaces the first occurrences, all of them for a negative number. */
  public static String replace(String text, String old, String fresh, int most, Budget budget) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (int count = 0; most < 0 || count < most; count++) {
      int found = old.isEmpty() ? count == 0 ? 0 : at < text.length() ? text.offsetByCodePoints(at, 1) : -1
          : text.indexOf(old, at);
      if (found < 0) {
        break;
      }
      budget.requireLength((long) out.length() + (found - at) + fresh.length());
      out.append(text, at, found).append(fresh);
      at = found + old.length();
    }
    return out.append(text, at, text.length()).toString();
  }

  private static String padded(String text, Arguments arguments, Budget budget, int side) {
    int width = Operators.whole(arguments.require(0, "width")).intValue();
    String fill = arguments.text(1, "fillchar", " ");
    if (PythonText.length(fill) != 1) {
      throw new JinjaException("The fill character must be exactly one character long");
    }
    int missing = width - PythonText.length(text);
    if (missing <= 0) {
      return text;
    }
    int left = side == 0 ? 0 : side == 1 ? missing : missing / 2 + (missing & width & 1);
    return budget.text((long) width * fill.length(),
        () -> fill.repeat(left) + text + fill.repeat(missing - left));
  }

  private static String zeros(String text, int width, Budget budget) {
    int missing = width - PythonText.length(text);
    boolean signed = text.startsWith("-") || text.startsWith("+");
    return missing <= 0 ? text : budget.text(width, () -> (signed ? text.substring(0, 1) : "")
        + "0".repeat(missing) + text.substring(signed ? 1 : 0));
  }

  private static String expanded(String text, int size, Budget budget) {
    StringBuilder out = new StringBuilder();
    int column = 0;
    for (int i = 0; i < text.length(); i++) {
      char letter = text.charAt(i);
      int spaces = letter == '\t' && size > 0 ? size - column % size : 0;
      budget.requireLength((long) out.length() + spaces);
      out.append(letter == '\t' ? " ".repeat(spaces) : String.valueOf(letter));
      column = letter == '\n' || letter == '\r' ? 0 : column + (letter == '\t' ? spaces : 1);
    }
    return out.toString();
  }
}
