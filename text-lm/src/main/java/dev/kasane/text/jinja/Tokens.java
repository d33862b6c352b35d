package dev.kasane.text.jinja;

import dev.kasane.text.jinja.Token.Kind;
import dev.kasane.text.jinja.value.JinjaException;
import java.util.List;
import java.util.function.Supplier;

/** The tokens of a template, taken one after the other. */
final class Tokens {
  /** How deep brackets and blocks may be nested, and how many operators may follow one another. */
  private static final int MOST_DEPTH = 150;

  private final List<Token> tokens;
  private int at;
  private int depth;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(at);
  }

  Token after() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  int place() {
    return at;
  }

  /** Which of some names stand between a place and the current one. */
  List<String> namesSince(int place, List<String> names) {
    List<Token> passed = tokens.subList(place, at);
    return names.stream().filter(name -> passed.stream().anyMatch(token -> token.isName(name))).toList();
  }

  /** Reads what is nested one deeper. */
  <T> T deeper(Supplier<T> part) {
    depth(1);
    try {
      return part.get();
    } finally {
      depth--;
    }
  }

  /** Counts what makes the tree deeper until {@link #shallower}. */
  void depth(int more) {
    depth += more;
    if (depth > MOST_DEPTH) {
      throw error("it is nested more than " + MOST_DEPTH + " deep");
    }
  }

  void shallower(int less) {
    depth -= less;
  }

  boolean skip(String operator) {
    if (!current().isOperator(operator)) {
      return false;
    }
    next();
    return true;
  }

  boolean skipName(String name) {
    if (!current().isName(name)) {
      return false;
    }
    next();
    return true;
  }

  void require(Kind kind) {
    if (current().kind() != kind) {
      throw unexpected(new Token(kind, "", 0).described());
    }
    next();
  }

  void requireOperator(String operator) {
    if (!skip(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  void requireName(String name) {
    if (!skipName(name)) {
      throw unexpected("'" + name + "'");
    }
  }

  String requireName() {
    if (current().kind() != Kind.NAME) {
      throw unexpected("a name");
    }
    return (String) next().value();
  }

  JinjaException unexpected(String expected) {
    return error("expected " + expected + ", got " + current().described());
  }

  JinjaException error(String message) {
    return new JinjaException(message, current().line());
  }
}
