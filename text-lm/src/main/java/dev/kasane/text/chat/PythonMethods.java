package dev.kasane.text.chat;

import jinjava.javax.el.ELException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The methods of Python's strings, lists and dictionaries that chat templates call. */
final class PythonMethods {
  private static final String SPACES = " \t\n\r\u000b\f";

  private PythonMethods() {}

  /**
   * Calls a method.
   *
   * @throws ELException when the value has no such method here
   */
  static Object call(Object value, String method, Object[] arguments) {
    Object result = null;
    if (value instanceof String text) {
      result = string(text, method, arguments);
    } else if (value instanceof Map<?, ?> map) {
      return dictionary(map, method, arguments);
    } else if (value instanceof List<?> list) {
      result = list(list, method, arguments);
    }
    if (result == null) {
      throw new ELException((value == null ? "an undefined value" : value instanceof String ? "a text" : "a value")
          + " has no method " + method + "()");
    }
    return result;
  }

  private static Object string(String text, String method, Object[] arguments) {
    return switch (method) {
      case "strip" -> strip(text, characters(arguments), true, true);
      case "lstrip" -> strip(text, characters(arguments), true, false);
      case "rstrip" -> strip(text, characters(arguments), false, true);
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "capitalize" -> capitalize(text);
      case "title" -> title(text);
      case "startswith" -> starts(text, arguments[0]);
      case "endswith" -> ends(text, arguments[0]);
      case "replace" -> replace(text, (String) arguments[0], (String) arguments[1]);
      case "split" -> split(text, arguments);
      case "join" -> join(text, (List<?>) arguments[0]);
      case "find" -> (long) text.indexOf((String) arguments[0]);
      case "count" -> (long) count(text, (String) arguments[0]);
      case "isdigit" -> !text.isEmpty() && text.chars().allMatch(Character::isDigit);
      default -> null;
    };
  }

  private static String replace(String text, String part, String by) {
    TextLength.require(TextLength.replaced(text, part, by));
    return text.replace(part, by);
  }

  private static String join(String separator, List<?> items) {
    TextLength.Writer text = new TextLength.Writer();
    for (int i = 0; i < items.size(); i++) {
      text.write(i == 0 ? "" : separator);
      text.write(String.valueOf(items.get(i)));
    }
    return text.toString();
  }

  private static Object dictionary(Map<?, ?> map, String method, Object[] arguments) {
    return switch (method) {
      case "items" -> map.entrySet().stream()
          .map(entry -> Arrays.<Object>asList(entry.getKey(), entry.getValue())).toList();
      case "keys" -> new ArrayList<Object>(map.keySet());
      case "values" -> new ArrayList<Object>(map.values());
      case "get" -> map.containsKey(arguments[0]) ? map.get(arguments[0])
          : arguments.length > 1 ? arguments[1] : null;
      default -> throw new ELException("a dictionary has no method " + method + "()");
    };
  }

  private static Object list(List<?> list, String method, Object[] arguments) {
    return switch (method) {
      case "index" -> (long) list.indexOf(arguments[0]);
      case "count" -> list.stream().filter(arguments[0]::equals).count();
      case "append" -> append(list, arguments[0]);
      default -> null;
    };
  }

  @SuppressWarnings("unchecked")
  private static Object append(List<?> list, Object item) {
    RenderBudget.change();
    ((List<Object>) list).add(item);
    return "";
  }

  private static String characters(Object[] arguments) {
    return arguments.length == 0 || arguments[0] == null ? SPACES : (String) arguments[0];
  }

  private static String strip(String text, String characters, boolean left, boolean right) {
    int from = 0;
    int to = text.length();
    while (left && from < to && characters.indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (right && to > from && characters.indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean starts(String text, Object prefix) {
    return prefix instanceof List<?> any ? any.stream().anyMatch(one -> text.startsWith((String) one))
        : text.startsWith((String) prefix);
  }

  private static boolean ends(String text, Object suffix) {
    return suffix instanceof List<?> any ? any.stream().anyMatch(one -> text.endsWith((String) one))
        : text.endsWith((String) suffix);
  }

  private static List<Object> split(String text, Object[] arguments) {
    if (arguments.length == 0 || arguments[0] == null) {
      String stripped = strip(text, SPACES, true, true);
      return stripped.isEmpty() ? List.of() : List.of((Object[]) stripped.split("[ \t\n\r\u000b\f]+"));
    }
    String separator = (String) arguments[0];
    long most = arguments.length > 1 ? ((Number) arguments[1]).longValue() : -1;
    List<Object> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator); at >= 0 && (most < 0 || parts.size() < most);
        at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static int count(String text, String part) {
    return part.isEmpty() ? text.length() + 1 : (text.length() - text.replace(part, "").length()) / part.length();
  }

  private static String capitalize(String text) {
    return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT)
        + text.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String title(String text) {
    StringBuilder title = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      boolean inWord = i > 0 && Character.isLetter(text.charAt(i - 1));
      title.append(inWord ? Character.toLowerCase(text.charAt(i)) : Character.toUpperCase(text.charAt(i)));
    }
    return title.toString();
  }
}
