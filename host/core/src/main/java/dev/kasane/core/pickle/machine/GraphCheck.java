package dev.kasane.core.pickle.machine;

import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickleBudget;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Proves that a value contains no cycle, is nested within limits and is of bounded size even where shared
 * parts are written out at every place they appear, so that a plain recursive walk over it ends.
 *
 * <p>Works without recursion of its own.
 */
final class GraphCheck {
  /** Marks a container whose members are being visited. */
  private static final Measure OPEN = new Measure(0, 0);

  private final Map<Object, Measure> measures = new IdentityHashMap<>();
  private final Deque<Frame> path = new ArrayDeque<>();

  private GraphCheck() {}

  static void requireFiniteTree(Object root) throws MalformedPickle {
    if (isContainer(root)) {
      new GraphCheck().visit(root);
    }
  }

  private void visit(Object root) throws MalformedPickle {
    open(root);
    while (!path.isEmpty()) {
      Frame frame = path.peek();
      if (!frame.members.hasNext()) {
        close(path.pop());
        continue;
      }
      Object member = frame.members.next();
      Measure known = isContainer(member) ? measures.get(member) : Measure.LEAF;
      if (known == OPEN) {
        throw new MalformedPickle("holds a container that contains itself, which no checkpoint needs; the"
            + " file is damaged or hostile");
      }
      if (known == null) {
        open(member);
      } else {
        frame.add(known);
      }
    }
  }

  private void open(Object container) throws MalformedPickle {
    if (path.size() >= PickleBudget.MAX_NESTING) {
      throw tooDeep();
    }
    measures.put(container, OPEN);
    path.push(new Frame(container));
  }

  private void close(Frame finished) throws MalformedPickle {
    Measure measure = new Measure(finished.values, finished.depth);
    measures.put(finished.container, measure);
    if (!path.isEmpty()) {
      path.peek().add(measure);
    }
  }

  private static MalformedPickle tooDeep() {
    return new MalformedPickle("nests containers more than " + PickleBudget.MAX_NESTING + " deep; the file is"
        + " damaged or hostile");
  }

  private static boolean isContainer(Object value) {
    return value instanceof Collection || value instanceof Map;
  }

  /** Size of a value written out: the values in it with itself, and the containers on its longest path. */
  private record Measure(long values, int depth) {
    static final Measure LEAF = new Measure(1, 0);
  }

  private static final class Frame {
    final Object container;
    final Iterator<?> members;
    long values = 1;
    int depth = 1;

    Frame(Object container) {
      this.container = container;
      // Keys are scalars or flat tuples of at most 64, checked when they were stored.
      this.members = container instanceof Map<?, ?> map
          ? map.values().iterator() : ((Collection<?>) container).iterator();
    }

    void add(Measure member) throws MalformedPickle {
      values += member.values;
      depth = Math.max(depth, member.depth + 1);
      if (values > PickleBudget.MAX_EXPANDED_VALUES) {
        throw new MalformedPickle("holds more than " + PickleBudget.MAX_EXPANDED_VALUES
            + " values once shared"
            + " parts are written out; the file is damaged or hostile");
      }
      if (depth > PickleBudget.MAX_NESTING) {
        throw tooDeep();
      }
    }
  }
}
