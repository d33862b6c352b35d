package dev.kasane.text.jinja;

import dev.kasane.text.jinja.value.Callable;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.Values;
import java.util.List;
import java.util.Map;

/** A template that has been parsed; it can be rendered any number of times, from several threads. */
public final class JinjaTemplate {
  private final Statement.Body body;

  private JinjaTemplate(Statement.Body body) {
    this.body = body;
  }

  /**
   * A part of a text.
   *
   * @param begin its first UTF-16 unit
   * @param end the unit after its last
   */
  public record Span(int begin, int end) {}

  /**
   * What a rendering makes.
   *
   * @param generated the parts that stand between {@code generation} tags, in order; those inside of macros do not
   *     count, as in transformers
   */
  public record Rendered(String text, List<Span> generated) {}

  /**
   * Parses a template.
   *
   * @param source its text, at most 16 million characters
   * @throws JinjaException when it is malformed, nested too deep or uses what chat templates may not
   */
  public static JinjaTemplate parse(String source) {
    try {
      return new JinjaTemplate(new Parser(Lexer.tokens(source)).template());
    } catch (StackOverflowError e) {
      throw new JinjaException("the template is nested too deep");
    }
  }

  /**
   * Renders the template.
   *
   * @param values the variables: null, Boolean, numbers, String, and lists and maps of these
   * @param functions more functions by their names
   * @throws JinjaException when the template fails, or takes more steps, depth or text than {@code Rendering} allows
   */
  public Rendered render(Map<String, ?> values, Map<String, JinjaFunction> functions) {
    Scope globals = new Scope(null);
    Globals.define(globals);
    functions.forEach((name, function) ->
        globals.set(name, (Callable) (arguments, rendering) -> function.call(arguments.positional())));
    Scope scope = new Scope(globals);
    values.forEach((name, value) -> scope.set(name, Values.of(value)));
    Rendering rendering = new Rendering();
    try {
      body.run(rendering, scope);
    } catch (StackOverflowError e) {
      throw new JinjaException("values or calls are nested too deep");
    }
    return rendering.rendered();
  }
}
