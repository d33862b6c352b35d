package dev.kasane.text.jinja;

import dev.kasane.text.jinja.value.JinjaException;
import dev.kasane.text.jinja.value.Namespace;
import dev.kasane.text.jinja.value.Values;
import java.util.List;

/** What a value can be assigned to. */
interface Target {
  void assign(Object value, Scope scope);

  /** A name. */
  record Variable(String name) implements Target {
    @Override
    public void assign(Object value, Scope scope) {
      scope.set(name, value);
    }
  }

  /** An attribute of a namespace. */
  record Field(String namespace, String name) implements Target {
    @Override
    public void assign(Object value, Scope scope) {
      if (!(scope.find(namespace) instanceof Namespace fields)) {
        throw new JinjaException("cannot assign attribute on non-namespace object");
      }
      fields.set(name, value);
    }
  }

  /** Several targets for as many items. */
  record Several(List<Target> targets) implements Target {
    @Override
    public void assign(Object value, Scope scope) {
      if (!Values.isIterable(value)) {
        throw new JinjaException("cannot unpack non-iterable " + Values.type(value) + " object");
      }
      List<Object> items = Values.items(value);
      if (items.size() != targets.size()) {
        throw new JinjaException(items.size() > targets.size()
            ? "too many values to unpack (expected " + targets.size() + ")"
            : "not enough values to unpack (expected " + targets.size() + ", got " + items.size() + ")");
      }
      for (int i = 0; i < items.size(); i++) {
        targets.get(i).assign(items.get(i), scope);
      }
    }
  }
}
