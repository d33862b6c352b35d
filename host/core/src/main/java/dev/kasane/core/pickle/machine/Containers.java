package dev.kasane.core.pickle.machine;

import dev.kasane.core.pickle.values.Kinds;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickledDict;
import dev.kasane.core.pickle.values.PickledList;
import dev.kasane.core.pickle.values.PickledSet;
import java.util.List;

/** Adds members to containers, after checking that they are containers of the right kind. */
final class Containers {
  private Containers() {}

  static Object append(Object list, List<Object> members) throws MalformedPickle {
    if (!(list instanceof PickledList target)) {
      throw new MalformedPickle("appends to " + Kinds.of(list) + ", not a list; the file is damaged");
    }
    members.forEach(target::append);
    return target;
  }

  /** Stores keys and values that follow one another. */
  static Object store(Object dict, List<Object> pairs) throws MalformedPickle {
    if (!(dict instanceof PickledDict target)) {
      throw new MalformedPickle("sets an item of " + Kinds.of(dict)
          + ", not a dict; the file is damaged");
    }
    if (pairs.size() % 2 != 0) {
      throw new MalformedPickle("has a dict key without a value; the file is damaged");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      target.store(pairs.get(i), pairs.get(i + 1));
    }
    return target;
  }

  static Object insert(Object set, List<Object> members) throws MalformedPickle {
    if (!(set instanceof PickledSet target)) {
      throw new MalformedPickle("adds to " + Kinds.of(set) + ", not a set; the file is damaged");
    }
    for (Object member : members) {
      target.insert(member);
    }
    return target;
  }
}
