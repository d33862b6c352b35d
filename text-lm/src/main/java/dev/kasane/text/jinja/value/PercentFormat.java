package dev.kasane.text.jinja.value;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code format % values}. */
public final class PercentFormat {
  private static final Pattern HOLE =
      Pattern.compile("%(?:\\(([^)]*)\\))?([-+ #0]*)(\\*|\\d{1,9})?(?:\\.(\\*|\\d{0,9}))?[hlL]?(.)?", Pattern.DOTALL);

  private final Object values;
  private final List<?> list;
  private int next;

  private PercentFormat(Object values) {
    this.values = values;
    this.list = values instanceof Tuple tuple ? tuple : Collections.singletonList(values);
  }

  public static String format(String format, Object values, Budget budget) {
    return new PercentFormat(values).run(format, budget);
  }

  private String run(String format, Budget budget) {
    StringBuilder out = new StringBuilder();
    Matcher hole = HOLE.matcher(format);
    int at = 0;
    while (hole.find(at)) {
      out.append(format, at, hole.start());
      if (hole.group(5) == null) {
        throw new JinjaException("incomplete format");
      }
      out.append(hole.group(5).equals("%") ? "%" : filled(hole, budget));
      budget.charge(1);
      at = hole.end();
    }
    out.append(format, at, format.length());
    if (next < list.size() && !hasKeys()) {
      throw new JinjaException("not all arguments converted during string formatting");
    }
    return budget.text(out.toString());
  }

  /** Whether Python takes the values for a mapping, all of which need not be used. */
  private boolean hasKeys() {
    return values instanceof Map || values instanceof Undefined || values instanceof List && !(values instanceof Tuple);
  }

  private String filled(Matcher hole, Budget budget) {
    String flags = hole.group(2);
    int width = hole.group(3) == null ? 0 : size(hole.group(3));
    int precision = hole.group(4) == null ? -1 : hole.group(4).isEmpty() ? 0 : size(hole.group(4));
    Object value = hole.group(1) != null ? keyed(hole.group(1)) : take();
    char letter = hole.group(5).charAt(0);
    String sign = "";
    String text;
    if ("srac".indexOf(letter) >= 0) {
      text = text(value, letter, precision);
    } else {
      if (!Values.isNumeric(value)) {
        throw new JinjaException("%" + letter + " format: a real number is required, not " + Values.type(value));
      }
      char kind = letter == 'i' || letter == 'u' ? 'd' : letter;
      Object number = "doxX".indexOf(kind) >= 0 && value instanceof Double real ? Numbers.truncated(real) : value;
      text = NumberFormat.digits(number, kind, precision, flags.contains("#"));
      sign = NumberFormat.isNegative(number) ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    }
    return padded(sign, text, flags, width, "srac".indexOf(letter) < 0, budget);
  }

  private static String padded(String sign, String text, String flags, int width, boolean number, Budget budget) {
    int missing = width - PythonText.length(text) - sign.length();
    if (missing <= 0) {
      return sign + text;
    }
    return budget.text((long) width, () -> flags.contains("-") ? sign + text + " ".repeat(missing)
        : flags.contains("0") && number ? sign + "0".repeat(missing) + text : " ".repeat(missing) + sign + text);
  }

  private static String text(Object value, char letter, int precision) {
    String text = letter == 'c' ? character(value) : letter == 's' ? PythonText.str(value) : PythonText.repr(value);
    return precision >= 0 && precision < PythonText.length(text) ? PythonText.part(text, 0, precision) : text;
  }

  private static String character(Object value) {
    if (value instanceof Long code && code >= 0 && code <= Character.MAX_CODE_POINT) {
      return Character.toString(code.intValue());
    } else if (value instanceof String text && PythonText.length(text) == 1) {
      return text;
    }
    throw new JinjaException("%c requires int or char");
  }

  private int size(String said) {
    return said.equals("*") ? Operators.whole(take()).intValue() : Integer.parseInt(said);
  }

  private Object take() {
    if (next >= list.size()) {
      throw new JinjaException("not enough arguments for format string");
    }
    return list.get(next++);
  }

  private Object keyed(String key) {
    if (!(values instanceof Map<?, ?> map)) {
      throw new JinjaException("format requires a mapping");
    }
    Object found = Access.key(map, key);
    if (found == Access.MISSING) {
      throw new JinjaException(PythonText.repr(key));
    }
    return map.get(found);
  }
}
