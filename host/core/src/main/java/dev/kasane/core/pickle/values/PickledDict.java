package dev.kasane.core.pickle.values;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A Python dict, in order of insertion. Grows while the pickle is read, unmodifiable to others.
 *
 * <p>Found by comparison, not by hash: a hostile file can make any number of Java's hashes collide and so
 * turn a hash table into a list.
 */
public final class PickledDict extends AbstractMap<Object, Object> {
  private static final List<Entry<Object, Object>> NOTHING = List.of();

  // Both appear with the first entry: a file can make millions of empty dicts.
  private List<Entry<Object, Object>> entries = NOTHING;
  private Map<Object, Integer> places;

  /** Adds or replaces a value. */
  public void store(Object key, Object value) throws MalformedPickle {
    KeyOrder.requireKey(key);
    if (places == null) {
      places = new TreeMap<>(KeyOrder.INSTANCE);
      entries = new ArrayList<>(1);
    }
    Integer place = places.putIfAbsent(key, entries.size());
    if (place == null) {
      entries.add(new SimpleEntry<>(key, value));
    } else {
      entries.get(place).setValue(value);
    }
  }

  @Override
  public Object get(Object key) {
    Integer place = placeOf(key);
    return place == null ? null : entries.get(place).getValue();
  }

  @Override
  public boolean containsKey(Object key) {
    return placeOf(key) != null;
  }

  private Integer placeOf(Object key) {
    return places == null || !KeyOrder.isKey(key) ? null : places.get(key);
  }

  @Override
  public Set<Entry<Object, Object>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<Object, Object>> iterator() {
        return entries.stream()
            .<Entry<Object, Object>>map(SimpleImmutableEntry::new).iterator();
      }

      @Override
      public int size() {
        return entries.size();
      }
    };
  }
}
