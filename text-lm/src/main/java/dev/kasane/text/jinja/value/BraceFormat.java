package dev.kasane.text.jinja.value;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code format.format(values)}, and the format of a single value. */
final class BraceFormat {
  private static final Pattern SPEC = Pattern.compile(
      "(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\\d{1,9})?([,_])?(?:\\.(\\d{1,9}))?([bcdeEfFgGnosxX%])?", Pattern.DOTALL);
  private static final Pattern STEP = Pattern.compile("\\.([^.\\[]+)|\\[([^\\]]+)\\]");

  private final Arguments arguments;
  private final Budget budget;
  private int next;

  private BraceFormat(Arguments arguments, Budget budget) {
    this.arguments = arguments;
    this.budget = budget;
  }

  static String format(String format, Arguments arguments, Budget budget) {
    return budget.text(new BraceFormat(arguments, budget).run(format, 0));
  }

  private String run(String format, int depth) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char letter = format.charAt(i);
      boolean doubled = i + 1 < format.length() && format.charAt(i + 1) == letter;
      if ((letter == '{' || letter == '}') && doubled) {
        out.append(letter);
        i++;
      } else if (letter == '}') {
        throw new JinjaException("Single '}' encountered in format string");
      } else if (letter == '{') {
        int end = closing(format, i);
        out.append(field(format.substring(i + 1, end), depth));
        i = end;
      } else {
        out.append(letter);
      }
    }
    return out.toString();
  }

  private static int closing(String format, int begin) {
    int open = 0;
    for (int i = begin; i < format.length(); i++) {
      open += format.charAt(i) == '{' ? 1 : format.charAt(i) == '}' ? -1 : 0;
      if (open == 0) {
        return i;
      }
    }
    throw new JinjaException("expected '}' before end of string");
  }

  private String field(String field, int depth) {
    if (depth > 1) {
      throw new JinjaException("Max string recursion exceeded");
    }
    budget.charge(1);
    int colon = field.indexOf(':');
    String name = colon < 0 ? field : field.substring(0, colon);
    int mark = name.indexOf('!');
    String conversion = mark < 0 ? "" : name.substring(mark + 1);
    Object value = named(mark < 0 ? name : name.substring(0, mark));
    value = switch (conversion) {
      case "" -> value;
      case "r", "a" -> PythonText.repr(value);
      case "s" -> PythonText.str(value);
      default -> throw new JinjaException("Unknown conversion specifier '" + conversion + "'");
    };
    return one(value, colon < 0 ? "" : run(field.substring(colon + 1), depth + 1), budget);
  }

  private Object named(String name) {
    int end = 0;
    while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
      end++;
    }
    String first = name.substring(0, end);
    Object value = first.isEmpty() ? at(next++) : first.matches("\\d{1,9}") ? at(Integer.parseInt(first))
        : arguments.named().containsKey(first) ? arguments.named().get(first) : missing(first);
    Matcher step = STEP.matcher(name).region(end, name.length());
    while (end < name.length()) {
      if (!step.lookingAt()) {
        throw new JinjaException("the format field " + PythonText.repr(name) + " is malformed");
      }
      String key = step.group(2);
      value = key == null ? Access.attribute(value, step.group(1))
          : Access.item(value, key.matches("\\d{1,18}") ? (Object) Long.parseLong(key) : key);
      end = step.end();
      step.region(end, name.length());
    }
    return value;
  }

  private Object at(int place) {
    if (place >= arguments.positional().size()) {
      throw new JinjaException("Replacement index " + place + " out of range for positional args tuple");
    }
    return arguments.positional().get(place);
  }

  private static Object missing(String name) {
    throw new JinjaException(PythonText.repr(name));
  }

  /** A value as a format specification says. */
  static String one(Object value, String specification, Budget budget) {
    if (specification.isEmpty()) {
      return PythonText.str(value);
    }
    Matcher spec = SPEC.matcher(specification);
    if (!spec.matches() || !(value instanceof String || Values.isNumeric(value))) {
      throw new JinjaException("Invalid format specifier " + PythonText.repr(specification) + " for object of type '"
          + Values.type(value) + "'");
    }
    boolean number = !(value instanceof String);
    int precision = spec.group(9) == null ? -1 : Integer.parseInt(spec.group(9));
    String sign = !number ? "" : NumberFormat.isNegative(value) ? "-"
        : spec.group(3) == null || spec.group(3).equals("-") ? "" : spec.group(3);
    String text = number ? digits(value, spec, precision)
        : precision >= 0 && precision < PythonText.length((String) value)
        ? PythonText.part((String) value, 0, precision) : (String) value;
    int width = spec.group(7) == null ? 0 : Integer.parseInt(spec.group(7));
    boolean zeros = spec.group(6) != null && spec.group(2) == null;
    String fill = spec.group(1) != null ? spec.group(1) : zeros ? "0" : " ";
    String align = spec.group(2) != null ? spec.group(2) : number ? zeros ? "=" : ">" : "<";
    return aligned(sign, text, fill, align, width, budget);
  }

  private static String digits(Object value, Matcher spec, int precision) {
    String letter = spec.group(10);
    boolean alternate = spec.group(5) != null;
    if (letter == null && value instanceof Double real && precision < 0) {
      return PythonText.number(Math.abs(real));
    }
    char kind = letter != null ? letter.charAt(0) : value instanceof Double ? 'g' : 'd';
    if (value instanceof Double && "dboxXc".indexOf(kind) >= 0) {
      throw new JinjaException("Unknown format code '" + kind + "' for object of type 'float'");
    }
    String text = NumberFormat.digits(value, kind, precision, alternate);
    return spec.group(8) == null ? text : grouped(text, spec.group(8));
  }

  private static String grouped(String text, String separator) {
    int end = 0;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    StringBuilder out = new StringBuilder(text);
    for (int i = end - 3; i > 0; i -= 3) {
      out.insert(i, separator);
    }
    return out.toString();
  }

  private static String aligned(String sign, String text, String fill, String align, int width, Budget budget) {
    int missing = width - PythonText.length(text) - sign.length();
    if (missing <= 0) {
      return sign + text;
    }
    return budget.text((long) width * fill.length(), () -> switch (align) {
      case "<" -> sign + text + fill.repeat(missing);
      case ">" -> fill.repeat(missing) + sign + text;
      case "=" -> sign + fill.repeat(missing) + text;
      default -> fill.repeat(missing / 2) + sign + text + fill.repeat(missing - missing / 2);
    });
  }
}
