package dev.kasane.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** One run of a template: what it has written, and what it may still use up. */
final class Rendering {
  /** The longest text that is written or held, in UTF-16 units. */
  static final int MOST_TEXT = 4 << 20;

  private static final long MOST_STEPS = 8_000_000;
  private static final int MOST_DEPTH = 100;
  /** Units of text that cost as much as one step. */
  static final int UNITS_A_STEP = 4;

  private final List<JinjaTemplate.Span> generated = new ArrayList<>();
  private StringBuilder output = new StringBuilder();
  private long steps;
  private int captures;
  private int depth;

  /** The value of an expression. */
  Object value(Expression expression, Scope scope) {
    charge(1);
    return expression.value(this, scope);
  }

  /** Runs statements until one breaks off. */
  Statement.Flow run(List<Statement> statements, Scope scope) {
    for (Statement statement : statements) {
      charge(1);
      Statement.Flow flow = statement.run(this, scope);
      if (flow != Statement.Flow.NEXT) {
        return flow;
      }
    }
    return Statement.Flow.NEXT;
  }

  /**
   * Counts work.
   *
   * @throws JinjaException when there was too much
   */
  void charge(long work) {
    steps += work;
    if (steps > MOST_STEPS || work < 0) {
      throw new JinjaException("the template takes more than " + MOST_STEPS + " steps, which no chat template needs");
    }
  }

  /** Makes a text whose length is known before. */
  String text(long length, Supplier<String> maker) {
    requireLength(length);
    return maker.get();
  }

  /** Counts a text that was made. */
  String text(String made) {
    requireLength(made.length());
    return made;
  }

  /**
   * Insists that a text may be as long, and counts it.
   *
   * @throws JinjaException when it may not
   */
  void requireLength(long length) {
    if (length > MOST_TEXT || length < 0) {
      throw tooLong();
    }
    charge(length / UNITS_A_STEP);
  }

  private static JinjaException tooLong() {
    return new JinjaException("the template makes a text of more than " + (MOST_TEXT >> 20) + " million characters");
  }

  void write(String text) {
    if ((long) output.length() + text.length() > MOST_TEXT) {
      throw tooLong();
    }
    charge(text.length() / UNITS_A_STEP);
    output.append(text);
  }

  /** What a part of the template writes, as a text of its own. */
  String capture(Runnable part) {
    StringBuilder before = output;
    output = new StringBuilder();
    captures++;
    try {
      part.run();
      return output.toString();
    } finally {
      captures--;
      output = before;
    }
  }

  /** Goes one call deeper. */
  <T> T deeper(Supplier<T> call) {
    if (++depth > MOST_DEPTH) {
      throw new JinjaException("calls are nested more than " + MOST_DEPTH + " deep");
    }
    try {
      return call.get();
    } finally {
      depth--;
    }
  }

  /** Marks what a part writes as said by the assistant; inside of macros and the like nothing is marked. */
  void generate(String text) {
    if (captures == 0) {
      generated.add(new JinjaTemplate.Span(output.length(), output.length() + text.length()));
    }
    write(text);
  }

  JinjaTemplate.Rendered rendered() {
    return new JinjaTemplate.Rendered(output.toString(), List.copyOf(generated));
  }
}
