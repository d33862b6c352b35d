package dev.kasane.text.jinja.value;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What can be gone through but has no places: a dictionary's keys, values or items, or what a filter yields once. */
public final class View {
  /** The kinds, by the names that Python prints. */
  enum Kind { DICT_KEYS, DICT_VALUES, DICT_ITEMS, GENERATOR }

  private final Kind kind;
  private List<Object> items;

  private View(Kind kind, List<Object> items) {
    this.kind = kind;
    this.items = items;
  }

  /** What is gone through once; a second time there is nothing left. */
  public static View once(List<Object> items) {
    return new View(Kind.GENERATOR, items);
  }

  static View keys(Map<?, ?> map) {
    return new View(Kind.DICT_KEYS, Values.copy(map.keySet()));
  }

  static View values(Map<?, ?> map) {
    return new View(Kind.DICT_VALUES, Values.copy(map.values()));
  }

  public static View items(Map<?, ?> map) {
    return new View(Kind.DICT_ITEMS, Values.pairs(map));
  }

  List<Object> take() {
    List<Object> taken = items;
    if (kind == Kind.GENERATOR) {
      items = List.of();
    }
    return taken;
  }

  public boolean isGenerator() {
    return kind == Kind.GENERATOR;
  }

  public int size() {
    return items.size();
  }

  /** The name that Python prints. */
  String name() {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return "<" + name() + " object>";
  }
}
