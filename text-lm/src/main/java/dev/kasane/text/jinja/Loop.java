package dev.kasane.text.jinja;

import dev.kasane.text.jinja.value.Access;
import dev.kasane.text.jinja.value.Arguments;
import dev.kasane.text.jinja.value.Attributes;
import dev.kasane.text.jinja.value.Budget;
import dev.kasane.text.jinja.value.Callable;
import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.Undefined;
import dev.kasane.text.jinja.value.Values;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code {% for target in items if condition %}}.
 *
 * @param target what each item is assigned to
 * @param items what is gone through
 * @param condition which items count, or null for all
 * @param body what is done for each
 * @param otherwise what is done when there are none
 * @param recursive whether the body may call {@code loop(items)}
 */
record Loop(Target target, Expression items, Expression condition, Statement.Body body, Statement.Body otherwise,
    boolean recursive) implements Statement {

  @Override
  public Flow run(Rendering rendering, Scope scope) {
    return round(rendering.value(items, scope), rendering, scope, 0);
  }

  private Flow round(Object all, Rendering rendering, Scope scope, int depth) {
    List<Object> kept = kept(Values.items(all), rendering, scope);
    State state = new State(kept, rendering, scope, depth);
    for (state.at = 0; state.at < kept.size(); state.at++) {
      rendering.charge(1);
      Scope own = body.frame().open(scope);
      own.set("loop", state);
      target.assign(kept.get(state.at), own);
      if (rendering.run(body.statements(), own) == Flow.BREAK) {
        return Flow.NEXT;
      }
    }
    return kept.isEmpty() ? otherwise.run(rendering, scope) : Flow.NEXT;
  }

  private List<Object> kept(List<Object> all, Rendering rendering, Scope scope) {
    if (condition == null) {
      return all;
    }
    List<Object> kept = new ArrayList<>();
    for (Object each : all) {
      Scope own = new Scope(scope);
      target.assign(each, own);
      if (Values.isTrue(rendering.value(condition, own))) {
        kept.add(each);
      }
    }
    return kept;
  }

  /** The variable {@code loop}. */
  private final class State implements Attributes, Callable {
    private final List<Object> items;
    private final Rendering rendering;
    private final Scope scope;
    private final int depth;
    private int at;
    private Object last = Access.MISSING;

    State(List<Object> items, Rendering rendering, Scope scope, int depth) {
      this.items = items;
      this.rendering = rendering;
      this.scope = scope;
      this.depth = depth;
    }

    @Override
    public Object attribute(String name) {
      return switch (name) {
        case "index" -> (long) at + 1;
        case "index0" -> (long) at;
        case "revindex" -> (long) items.size() - at;
        case "revindex0" -> (long) items.size() - at - 1;
        case "first" -> at == 0;
        case "last" -> at == items.size() - 1;
        case "length" -> (long) items.size();
        case "depth" -> (long) depth + 1;
        case "depth0" -> (long) depth;
        case "previtem" -> at == 0 ? new Undefined("there is no previous item") : items.get(at - 1);
        case "nextitem" -> at == items.size() - 1 ? new Undefined("there is no next item") : items.get(at + 1);
        case "cycle" -> (Callable) (arguments, ignored) -> cycle(arguments.positional());
        case "changed" -> (Callable) (arguments, ignored) -> changed(arguments.positional());
        default -> Access.MISSING;
      };
    }

    private Object cycle(List<Object> values) {
      if (values.isEmpty()) {
        throw new JinjaException("no items for cycling given");
      }
      return values.get(at % values.size());
    }

    private Object changed(List<Object> values) {
      boolean same = last != Access.MISSING && Values.equal(last, values);
      last = values;
      return !same;
    }

    @Override
    public Object call(Arguments arguments, Budget ignored) {
      if (!recursive) {
        throw new JinjaException("The loop must have the 'recursive' marker to be called recursively.");
      }
      return rendering.capture(() ->
          round(arguments.of("loop", "iterable").require(0, "iterable"), rendering, scope, depth + 1));
    }

    @Override
    public String toString() {
      return "<LoopContext " + (at + 1) + "/" + items.size() + ">";
    }
  }
}
