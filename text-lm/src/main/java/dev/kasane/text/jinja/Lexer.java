package dev.kasane.text.jinja;

import dev.kasane.text.jinja.Token.Kind;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a template's text into tokens, white space treated as {@code trim_blocks} and {@code lstrip_blocks} say. */
final class Lexer {
  private static final Pattern RAW_BEGIN = Pattern.compile("\\{%[-+]?\\s*raw\\s*(-%\\}\\s*|%\\})");
  private static final Pattern RAW_END =
      Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%\\}|-%\\}\\s*|%\\}\\n?)");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int counted;
  /** Whether what comes next begins a line, so that white space before a tag is indentation. */
  private boolean lineStart = true;

  private Lexer(String source) {
    this.source = source;
  }

  /**
   * The tokens of a template, {@code END} last.
   *
   * @throws JinjaException when a tag is not closed or holds a character that means nothing
   */
  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    Lexer lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < source.length()) {
      int begin = nextTag();
      if (begin < 0) {
        add(Kind.TEXT, source.substring(at));
        at = source.length();
      } else {
        tag(begin);
      }
    }
    add(Kind.END, "");
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private void tag(int begin) {
    char kind = source.charAt(begin + 1);
    char sign = begin + 2 < source.length() ? source.charAt(begin + 2) : ' ';
    boolean signed = sign == '-' || sign == '+';
    textBefore(begin, sign, kind != '{');
    Matcher raw = RAW_BEGIN.matcher(source).region(begin, source.length());
    if (kind == '%' && raw.lookingAt()) {
      at = raw.end();
      raw();
      return;
    }
    at = begin + (signed ? 3 : 2);
    lineStart = false;
    if (kind == '#') {
      comment();
    } else {
      add(kind == '%' ? Kind.BLOCK_BEGIN : Kind.OUTPUT_BEGIN, "");
      inside(kind == '%');
    }
  }

  private void textBefore(int end, char sign, boolean ofBlock) {
    String text = source.substring(at, end);
    if (sign == '-') {
      text = PythonText.strip(text, null, false, true);
    } else if (sign != '+' && ofBlock) {
      int lineBegin = text.lastIndexOf('\n') + 1;
      if ((lineBegin > 0 || lineStart) && PythonText.isSpace(text.substring(lineBegin))) {
        text = text.substring(0, lineBegin);
      }
    }
    if (!text.isEmpty()) {
      add(Kind.TEXT, text);
    }
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw new JinjaException("a comment is not closed", line(at));
    }
    char before = end > at ? source.charAt(end - 1) : ' ';
    at = end + 2;
    skipAfter(before);
  }

  private void raw() {
    lineStart = false;
    if (at == source.length()) {
      return;
    }
    Matcher end = RAW_END.matcher(source);
    if (!end.find(at)) {
      throw new JinjaException("a raw block is not closed", line(at));
    }
    textBefore(end.start(), end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0), true);
    lineStart = end.group().endsWith("\n");
    at = end.end();
  }

  /** White space after a tag: all of it after a minus, one line break after no sign. */
  private void skipAfter(char sign) {
    int from = at;
    if (sign == '-') {
      while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
        at++;
      }
    } else if (sign != '+' && at < source.length() && source.charAt(at) == '\n') {
      at++;
    }
    lineStart = at > from && source.charAt(at - 1) == '\n';
  }

  private void inside(boolean block) {
    String close = block ? "%}" : "}}";
    int open = 0;
    while (true) {
      while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
        at++;
      }
      if (at >= source.length()) {
        throw new JinjaException("a tag is not closed", line(at));
      }
      if (open == 0 && ends(block, close)) {
        return;
      }
      open += token();
    }
  }

  private boolean ends(boolean block, String close) {
    char sign = source.charAt(at);
    boolean signed = sign == '-' || sign == '+' && block;
    if (!source.startsWith(close, signed ? at + 1 : at)) {
      return false;
    }
    add(block ? Kind.BLOCK_END : Kind.OUTPUT_END, "");
    at += signed ? 3 : 2;
    if (block || sign == '-') {
      skipAfter(signed ? sign : ' ');
    } else {
      lineStart = false;
    }
    return true;
  }

  /** Adds one token; how many brackets it opens, or closes if negative. */
  private int token() {
    Literals.Found literal = Literals.at(source, at, line(at));
    if (literal != null) {
      add(literal.kind(), literal.value());
      at = literal.end();
      return 0;
    }
    String operator = operator();
    add(Kind.OPERATOR, operator);
    at += operator.length();
    return switch (operator) {
      case "(", "[", "{" -> 1;
      case ")", "]", "}" -> -1;
      default -> 0;
    };
  }

  private String operator() {
    for (String two : List.of("//", "**", "==", "!=", ">=", "<=")) {
      if (source.startsWith(two, at)) {
        return two;
      }
    }
    String one = source.substring(at, at + 1);
    if (!"+-/*%~[](){}><=.:|,;".contains(one)) {
      throw new JinjaException("unexpected character " + PythonText.repr(one), line(at));
    }
    return one;
  }

  private void add(Kind kind, Object value) {
    tokens.add(new Token(kind, value, line(at)));
  }

  private int line(int place) {
    for (; counted < place; counted++) {
      if (source.charAt(counted) == '\n') {
        line++;
      }
    }
    return line;
  }
}
