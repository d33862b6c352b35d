package dev.kasane.text.jinja.filter;

import dev.kasane.text.jinja.value.Arguments;
import dev.kasane.text.jinja.value.Budget;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.PythonText;
import dev.kasane.text.jinja.value.Range;
import dev.kasane.text.jinja.value.Values;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** {@code tojson} as Hugging Face has it: Python's {@code json.dumps} without escapes for HTML. */
final class ToJson {
  private static final int MOST_DEPTH = 100;

  private final String indent;
  private final String itemEnd;
  private final String keyEnd;
  private final boolean ascii;
  private final boolean sorted;
  private final Budget budget;
  private final StringBuilder out = new StringBuilder();

  private ToJson(Arguments arguments, Budget budget) {
    this.budget = budget;
    ascii = arguments.flag(0, "ensure_ascii", false);
    Object width = arguments.get(1, "indent", null);
    indent = width == null ? null : width instanceof String text ? text
        : " ".repeat(Math.max(0, Math.min(64, arguments.number(1, "indent", 0))));
    Object separators = arguments.get(2, "separators", null);
    itemEnd = separators == null ? indent == null ? ", " : "," : PythonText.str(Values.items(separators).get(0));
    keyEnd = separators == null ? ": " : PythonText.str(Values.items(separators).get(1));
    sorted = arguments.flag(3, "sort_keys", false);
  }

  static Object filter(Object value, Arguments arguments, Budget budget) {
    ToJson json = new ToJson(arguments.of("tojson", "ensure_ascii", "indent", "separators", "sort_keys"), budget);
    json.write(value, 1);
    return json.out.toString();
  }

  private void write(Object value, int depth) {
    budget.charge(1);
    budget.requireLength(out.length() / 64);
    if (depth > MOST_DEPTH) {
      throw new JinjaException("tojson is given values nested more than " + MOST_DEPTH + " deep");
    } else if (value instanceof String text) {
      quote(text);
    } else if (value instanceof Map<?, ?> map) {
      entries(map, depth);
    } else if (value instanceof List<?> items && !(value instanceof Range)) {
      items(items, depth);
    } else if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof Double number) {
      out.append(number.isNaN() ? "NaN" : number.isInfinite() ? number > 0 ? "Infinity" : "-Infinity"
          : PythonText.number(number));
    } else if (Values.isNumber(value)) {
      out.append(value);
    } else {
      throw new JinjaException("Object of type " + Values.type(value) + " is not JSON serializable");
    }
  }

  private void entries(Map<?, ?> map, int depth) {
    List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
    if (sorted) {
      entries.sort(Comparator.comparing(Map.Entry::getKey, (one, other) -> Values.compare(one, other, "<")));
    }
    out.append('{');
    String before = "";
    for (Map.Entry<?, ?> entry : entries) {
      out.append(before);
      line(depth);
      quote(key(entry.getKey()));
      out.append(keyEnd);
      write(entry.getValue(), depth + 1);
      before = itemEnd;
    }
    end(map.isEmpty(), depth, '}');
  }

  private static String key(Object key) {
    if (key instanceof String text) {
      return text;
    } else if (key == null || key instanceof Boolean) {
      return String.valueOf(key);
    } else if (Values.isNumber(key)) {
      return PythonText.str(key);
    }
    throw new JinjaException("keys must be str, int, float, bool or None, not " + Values.type(key));
  }

  private void items(List<?> items, int depth) {
    out.append('[');
    String before = "";
    for (Object item : items) {
      out.append(before);
      line(depth);
      write(item, depth + 1);
      before = itemEnd;
    }
    end(items.isEmpty(), depth, ']');
  }

  private void end(boolean empty, int depth, char bracket) {
    if (!empty) {
      line(depth - 1);
    }
    out.append(bracket);
  }

  private void line(int depth) {
    if (indent != null) {
      out.append('\n').append(indent.repeat(depth));
      budget.charge(1 + indent.length() * (long) depth / 8);
    }
  }

  private void quote(String text) {
    budget.requireLength((long) out.length() + text.length());
    out.append('"');
    text.codePoints().forEach(code -> {
      int plain = "\"\\\n\r\t\b\f".indexOf(code);
      if (plain >= 0) {
        out.append('\\').append("\"\\nrtbf".charAt(plain));
      } else if (code < 0x20 || ascii && code > 0x7E) {
        for (char unit : Character.toChars(code)) {
          out.append(String.format("\\u%04x", (int) unit));
        }
      } else {
        out.appendCodePoint(code);
      }
    });
    out.append('"');
  }
}
