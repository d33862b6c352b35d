package dev.kasane.text.jinja;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names that one part of a template has for itself: its whole text, a loop's body, a macro.
 *
 * <p>Jinja2 knows them before it runs. A name that is set somewhere in a part, was not read in that part before and
 * is not known to those around it hides a variable of the same name from the beginning on, also for parts inside.
 */
final class Frame {
  private final Frame outer;
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> setFirst = new LinkedHashSet<>();
  private final Deque<Branches> branches = new ArrayDeque<>();
  private List<String> hidden;

  /** The branches of an if that is being read, all elifs being one: in how many of them a name is set. */
  private static final class Branches {
    private final Map<String, Integer> setIn = new HashMap<>();
    private final Set<String> before;
    private Set<String> now = new LinkedHashSet<>();
    private int count;

    Branches(Set<String> before) {
      this.before = before;
    }
  }

  Frame(Frame outer) {
    this.outer = outer;
  }

  /** A parameter, or what a loop assigns to. */
  void declare(String name) {
    known.add(name);
  }

  void read(String name) {
    known.add(name);
  }

  void set(String name) {
    if (known.add(name)) {
      setFirst.add(name);
    }
    if (!branches.isEmpty()) {
      branches.peek().now.add(name);
    }
  }

  void beginBranches() {
    branches.push(new Branches(Set.copyOf(known)));
  }

  void nextBranch() {
    Branches all = branches.peek();
    all.now.forEach(name -> all.setIn.merge(name, 1, Integer::sum));
    all.now = new LinkedHashSet<>();
    all.count++;
  }

  /** A name that is set in some branches only is what it was before in the others. */
  void endBranches() {
    Branches all = branches.pop();
    all.setIn.forEach((name, count) -> {
      if (count < all.count && !all.before.contains(name)) {
        setFirst.remove(name);
      }
      if (!branches.isEmpty()) {
        branches.peek().now.add(name);
      }
    });
  }

  /** Begins the part: what it hides is not there yet. */
  Scope open(Scope scope) {
    if (hidden == null) {
      hidden = setFirst.stream().filter(name -> outer == null || !outer.isKnown(name)).toList();
    }
    Scope own = new Scope(scope);
    hidden.forEach(own::hide);
    return own;
  }

  private boolean isKnown(String name) {
    return known.contains(name) || outer != null && outer.isKnown(name);
  }
}
