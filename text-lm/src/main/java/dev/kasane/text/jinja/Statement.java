package dev.kasane.text.jinja;

import dev.kasane.text.jinja.value.PythonText;
import dev.kasane.text.jinja.value.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of a template that does something: it writes, decides, repeats or sets a name. */
interface Statement {
  /** How to go on after a statement. */
  enum Flow { NEXT, BREAK, CONTINUE }

  Flow run(Rendering rendering, Scope scope);

  /** Statements with names of their own. */
  record Body(Frame frame, List<Statement> statements) {
    Flow run(Rendering rendering, Scope scope) {
      return rendering.run(statements, frame.open(scope));
    }
  }

  /** Text outside of tags. */
  record Text(String text) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      rendering.write(text);
      return Flow.NEXT;
    }
  }

  /** {@code {{ value }}}. */
  record Output(Expression of) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      rendering.write(PythonText.str(rendering.value(of, scope)));
      return Flow.NEXT;
    }
  }

  /** One condition of an if with what it guards; without a condition what comes otherwise. */
  record Branch(Expression condition, List<Statement> body) {}

  /** {@code {% if %}}. */
  record If(List<Branch> branches) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      for (Branch branch : branches) {
        if (branch.condition() == null || Values.isTrue(rendering.value(branch.condition(), scope))) {
          return rendering.run(branch.body(), scope);
        }
      }
      return Flow.NEXT;
    }
  }

  /** {@code {% break %}} and {@code {% continue %}}. */
  record Leave(Flow flow) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      return flow;
    }
  }

  /** {@code {% set target = value %}}. */
  record Assignment(Target target, Expression value) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      target.assign(rendering.value(value, scope), scope);
      return Flow.NEXT;
    }
  }

  /** The text that statements write, through filters. */
  record FilteredText(List<Expression.Filtered> filters, Body body) {
    Object value(Rendering rendering, Scope scope) {
      Scope inner = body.frame().open(scope);
      Object value = rendering.capture(() -> rendering.run(body.statements(), inner));
      for (Expression.Filtered each : filters) {
        value = each.apply(value, rendering, inner);
      }
      return value;
    }
  }

  /** {@code {% set target %}text{% endset %}}. */
  record BlockAssignment(Target target, FilteredText text) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      target.assign(text.value(rendering, scope), scope);
      return Flow.NEXT;
    }
  }

  /** {@code {% filter name %}text{% endfilter %}}. */
  record FilterBlock(FilteredText text) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      rendering.write(PythonText.str(text.value(rendering, scope)));
      return Flow.NEXT;
    }
  }

  /** {@code {% with name = value %}}; the values are those outside of it. */
  record With(List<Target> targets, List<Expression> values, Body body) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      Scope inner = body.frame().open(scope);
      for (int i = 0; i < targets.size(); i++) {
        targets.get(i).assign(rendering.value(values.get(i), scope), inner);
      }
      return rendering.run(body.statements(), inner);
    }
  }

  /** {@code {% macro name(parameters) %}}. */
  record MacroDefinition(Macro.Definition definition) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      scope.set(definition.name(), new Macro(definition, rendering, scope));
      return Flow.NEXT;
    }
  }

  /** {@code {% call(parameters) macro(arguments) %}}: a macro gets the block as {@code caller}. */
  record CallBlock(Macro.Definition caller, Expression.Call call) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      Map<String, Object> extra = new LinkedHashMap<>();
      extra.put("caller", new Macro(caller, rendering, scope));
      rendering.write(PythonText.str(call.call(rendering, scope, extra)));
      return Flow.NEXT;
    }
  }

  /** {@code {% generation %}}: what the assistant says, in a scope of its own. */
  record Generation(Body body) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      rendering.generate(rendering.capture(() -> body.run(rendering, scope)));
      return Flow.NEXT;
    }
  }

  /** {@code {% block %}} and the like. */
  record Block(Body body) implements Statement {
    @Override
    public Flow run(Rendering rendering, Scope scope) {
      return body.run(rendering, scope);
    }
  }
}
