package dev.kasane.core.pickle.values;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** A Python tuple, and what {@code torch.Size} becomes. Unmodifiable; may hold nulls. */
public final class PickledTuple extends AbstractList<Object> implements RandomAccess {
  private final Object[] members;

  public PickledTuple(Object... members) {
    this.members = members;
  }

  public static PickledTuple of(List<?> members) {
    return new PickledTuple(members.toArray());
  }

  @Override
  public Object get(int index) {
    return members[index];
  }

  @Override
  public int size() {
    return members.length;
  }
}
