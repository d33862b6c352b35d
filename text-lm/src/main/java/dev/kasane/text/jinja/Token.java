package dev.kasane.text.jinja;

import dev.kasane.text.jinja.value.PythonText;

/**
 * A piece of a template.
 *
 * @param kind what it is
 * @param value text outside of tags, a name, an operator's sign, or the value of a literal
 * @param line where it begins, from 1
 */
record Token(Kind kind, Object value, int line) {
  enum Kind { TEXT, BLOCK_BEGIN, BLOCK_END, OUTPUT_BEGIN, OUTPUT_END, NAME, STRING, NUMBER, OPERATOR, END }

  boolean isOperator(String sign) {
    return kind == Kind.OPERATOR && value.equals(sign);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && value.equals(name);
  }

  /** How messages name it. */
  String described() {
    return switch (kind) {
      case TEXT -> "text";
      case BLOCK_BEGIN -> "'{%'";
      case BLOCK_END -> "'%}'";
      case OUTPUT_BEGIN -> "'{{'";
      case OUTPUT_END -> "'}}'";
      case STRING, NUMBER -> PythonText.repr(value);
      case NAME, OPERATOR -> "'" + value + "'";
      case END -> "the template's end";
    };
  }
}
