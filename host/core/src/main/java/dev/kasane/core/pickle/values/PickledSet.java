package dev.kasane.core.pickle.values;

import java.util.AbstractSet;
import java.util.Iterator;

/** A Python set or frozenset, in order of insertion. Unmodifiable to others. */
public final class PickledSet extends AbstractSet<Object> {
  private final PickledDict members = new PickledDict();

  public void insert(Object member) throws MalformedPickle {
    members.store(member, Boolean.TRUE);
  }

  @Override
  public boolean contains(Object member) {
    return members.containsKey(member);
  }

  @Override
  public Iterator<Object> iterator() {
    return members.keySet().iterator();
  }

  @Override
  public int size() {
    return members.size();
  }
}
