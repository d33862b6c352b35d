package dev.kasane.core.pickle;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;

/** A Python list. Grows while the pickle is read, unmodifiable to others; may hold nulls. */
final class PickledList extends AbstractList<Object> implements RandomAccess {
  private final List<Object> members = new ArrayList<>(0);

  void append(Object member) {
    members.add(member);
  }

  @Override
  public Object get(int index) {
    return members.get(index);
  }

  @Override
  public int size() {
    return members.size();
  }
}
