package dev.kasane.text.demo;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How well a model answers the demo instructions: shares from 0 to 1.
 *
 * @param answers how many there were
 * @param named share that names the product
 * @param inCategory share that says what the product is and mentions no other kind of thing
 * @param stopped share that ended with the end mark
 * @param right share that does all three
 */
public record DemoScore(int answers, double named, double inCategory, double stopped, double right) {
  private static final List<String> NOUNS =
      World.load().categories().stream().map(World.Category::noun).toList();

  /**
   * An answer of a model.
   *
   * @param task what was asked
   * @param text what it said
   * @param stopped whether it ended by itself
   */
  public record Answer(DemoInstructions.Task task, String text, boolean stopped) {
    private boolean named() {
      return word(task.name()).matcher(text).find();
    }

    private boolean inCategory() {
      return NOUNS.stream().allMatch(noun -> word(noun).matcher(text).find() == noun.equals(task.noun()));
    }

    private static Pattern word(String word) {
      return Pattern.compile("\\b" + Pattern.quote(word) + "\\b");
    }
  }

  /** Scores answers; all shares are 0 for none. */
  public static DemoScore of(List<Answer> answers) {
    int count = Math.max(1, answers.size());
    return new DemoScore(answers.size(),
        answers.stream().filter(Answer::named).count() / (double) count,
        answers.stream().filter(Answer::inCategory).count() / (double) count,
        answers.stream().filter(Answer::stopped).count() / (double) count,
        answers.stream().filter(a -> a.named() && a.inCategory() && a.stopped()).count() / (double) count);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d answers: %.0f %% name the product, %.0f %% stay in the category,"
        + " %.0f %% stop, %.0f %% do all three", answers, 100 * named, 100 * inCategory, 100 * stopped, 100 * right);
  }
}
