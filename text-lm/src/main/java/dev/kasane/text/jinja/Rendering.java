package dev.kasane.text.jinja;

import dev.kasane.text.jinja.value.Budget;
import java.util.ArrayList;
import java.util.List;

/** One run of a template: what it has written, within what it may use up. */
final class Rendering extends Budget {
  private final List<JinjaTemplate.Span> generated = new ArrayList<>();
  private StringBuilder output = new StringBuilder();
  private int captures;

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
