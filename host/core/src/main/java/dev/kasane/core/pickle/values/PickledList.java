package dev.kasane.core.pickle.values;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;

/** A Python list. Grows while the pickle is read, unmodifiable to others; may hold nulls. */
public final class PickledList extends AbstractList<Object> implements RandomAccess {
  private final List<Object> members = new ArrayList<>(0);

  public void append(Object member) {
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
