package dev.kasane.core.pickle.machine;

import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickledTuple;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values and marks of the stack machine, and its numbered memory. */
final class PickleStack {
  private final List<Object> values = new ArrayList<>();
  private final Deque<Integer> marks = new ArrayDeque<>();
  private final Map<Long, Object> memo = new HashMap<>();

  void push(Object value) {
    values.add(value);
  }

  Object peek() throws MalformedPickle {
    // Values below the last mark belong to a container that is not finished.
    int floor = marks.isEmpty() ? 0 : marks.peek();
    if (values.size() <= floor) {
      throw new MalformedPickle("takes a value from an empty stack; the file is damaged");
    }
    return values.get(values.size() - 1);
  }

  Object pop() throws MalformedPickle {
    Object top = peek();
    values.remove(values.size() - 1);
    return top;
  }

  /** Drops the top value or, where there is none above it, the last mark. */
  void popValueOrMark() throws MalformedPickle {
    if (!marks.isEmpty() && marks.peek() == values.size()) {
      marks.pop();
    } else {
      pop();
    }
  }

  PickledTuple popTuple(int size) throws MalformedPickle {
    Object[] members = new Object[size];
    for (int i = size - 1; i >= 0; i--) {
      members[i] = pop();
    }
    return new PickledTuple(members);
  }

  void mark() {
    marks.push(values.size());
  }

  /** Removes the last mark and everything above it, which it returns in order. */
  List<Object> popToMark() throws MalformedPickle {
    if (marks.isEmpty()) {
      throw new MalformedPickle("closes a container that was never opened; the file is damaged");
    }
    List<Object> above = values.subList(marks.pop(), values.size());
    List<Object> taken = new ArrayList<>(above);
    above.clear();
    return taken;
  }

  void memoize() throws MalformedPickle {
    memo.put((long) memo.size(), peek());
  }

  void putMemo(long index) throws MalformedPickle {
    memo.put(index, peek());
  }

  void getMemo(long index) throws MalformedPickle {
    Object value = memo.get(index);
    if (value == null && !memo.containsKey(index)) {
      throw new MalformedPickle("refers to value " + index + " that it never made; the file is damaged");
    }
    push(value);
  }
}
