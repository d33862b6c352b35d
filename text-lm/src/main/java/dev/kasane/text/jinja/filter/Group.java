package dev.kasane.text.jinja.filter;

import dev.kasane.text.jinja.value.Access;
import dev.kasane.text.jinja.value.Attributes;
import dev.kasane.text.jinja.value.Tuple;
import java.util.ArrayList;
import java.util.List;

/** One group of {@code groupby}: a pair of what its items have in common and the items. */
final class Group extends Tuple implements Attributes {
  private Group(List<Object> pair) {
    super(pair);
  }

  static Group of(Object grouper, List<Object> items) {
    List<Object> pair = new ArrayList<>();
    pair.add(grouper);
    pair.add(items);
    return new Group(pair);
  }

  @Override
  public Object attribute(String name) {
    return name.equals("grouper") ? get(0) : name.equals("list") ? get(1) : Access.MISSING;
  }
}
