package dev.kasane.text.chat;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.TagNode;
import dev.kasane.core.UserException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Jinja's loop with a bound on all rounds of one rendering, so that nested loops end too. */
final class BoundedForTag extends ForTag {
  private static final long MOST_ROUNDS = 200_000;
  private static final ThreadLocal<Budget> BUDGET = new ThreadLocal<>();

  /** Rounds that one rendering has left. */
  static final class Budget implements AutoCloseable {
    private long rounds = MOST_ROUNDS;

    @Override
    public void close() {
      BUDGET.remove();
    }
  }

  /** Begins a rendering on this thread. */
  static Budget newBudget() {
    Budget budget = new Budget();
    BUDGET.set(budget);
    return budget;
  }

  @Override
  public String renderForCollection(TagNode tag, JinjavaInterpreter interpreter, List<String> names,
      Object collection) {
    Budget budget = BUDGET.get();
    budget.rounds -= 1 + size(collection);
    if (budget.rounds < 0) {
      throw new UserException("it loops more than " + MOST_ROUNDS + " times");
    }
    return super.renderForCollection(tag, interpreter, names, collection);
  }

  private static long size(Object collection) {
    if (collection instanceof Collection<?> items) {
      return items.size();
    }
    if (collection instanceof Map<?, ?> map) {
      return map.size();
    }
    return collection instanceof String text ? text.length() : 1;
  }
}
