package dev.kasane.text.chat;

import dev.kasane.core.UserException;
import java.util.Map;

/** What one rendering may use up, on its thread: rounds of loops, steps through the template, time. */
final class RenderBudget implements AutoCloseable {
  private static final long MOST_ROUNDS = 200_000;
  private static final long MOST_STEPS = 2_000_000;
  /** Templates take milliseconds. */
  private static final long MOST_SECONDS = 4;
  private static final long NANOSECONDS = 1_000_000_000;
  private static final ThreadLocal<RenderBudget> BUDGET = new ThreadLocal<>();

  private final long started = System.nanoTime();
  private long rounds = MOST_ROUNDS;
  private long steps = MOST_STEPS;
  private final ValueWeights weights = new ValueWeights();

  private RenderBudget() {}

  /** Begins a rendering on this thread. */
  static RenderBudget begin() {
    RenderBudget budget = new RenderBudget();
    BUDGET.set(budget);
    return budget;
  }

  /**
   * Counts a loop before it begins.
   *
   * @throws UserException when all loops together have too many rounds
   */
  static void loop(long rounds) {
    RenderBudget budget = BUDGET.get();
    budget.rounds -= 1 + rounds;
    if (budget.rounds < 0) {
      throw new UserException("it loops more than " + MOST_ROUNDS + " times");
    }
  }

  /**
   * Counts a tag, an expression or a stretch of text before it is rendered.
   *
   * @param variables those of the innermost scope
   * @param changes whether it may change what variables hold
   * @throws UserException when there were too many, it has taken too long or variables hold too much
   */
  static void step(Map<String, Object> variables, boolean changes) {
    RenderBudget budget = BUDGET.get();
    if (--budget.steps < 0) {
      throw new UserException("it takes more than " + MOST_STEPS + " steps");
    }
    if (System.nanoTime() - budget.started > MOST_SECONDS * NANOSECONDS) {
      throw new UserException("it takes longer than " + MOST_SECONDS + " s");
    }
    budget.weights.check(variables);
    if (changes) {
      budget.weights.forget();
    }
  }

  /** Says that a value is changed outside of a tag that does so. */
  static void change() {
    BUDGET.get().weights.forget();
  }

  @Override
  public void close() {
    BUDGET.remove();
  }
}
