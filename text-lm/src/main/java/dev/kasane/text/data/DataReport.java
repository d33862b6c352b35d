package dev.kasane.text.data;

import dev.kasane.core.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a run would learn from, told before it starts.
 *
 * @param examples how many
 * @param tokens of all examples
 * @param supervised tokens that count in the loss
 * @param silent examples of which no token counts but the end mark
 * @param truncated examples that were cut
 * @param unended examples without a learnt end-of-text mark
 * @param longest tokens of the longest example
 * @param unread names of fields that the records have and nothing reads
 */
public record DataReport(int examples, long tokens, long supervised, int silent, int truncated, int unended,
    int longest, Set<String> unread) {
  /** Above this share of examples a fault of the data is taken for a mistake and stops the run. */
  public static final double GREATEST_SHARE = 0.5;

  public static DataReport of(List<EncodedExample> examples, Set<String> unread) {
    return new DataReport(examples.size(),
        examples.stream().mapToLong(EncodedExample::length).sum(),
        examples.stream().mapToLong(EncodedExample::supervisedTokens).sum(),
        (int) examples.stream().filter(example -> example.answerTokens() == 0).count(),
        (int) examples.stream().filter(EncodedExample::truncated).count(),
        (int) examples.stream().filter(example -> !example.ended()).count(),
        examples.stream().mapToInt(EncodedExample::length).max().orElse(0), unread);
  }

  /** Share of the tokens that count in the loss, 0 to 1. */
  public double supervisedShare() {
    return tokens == 0 ? 0 : supervised / (double) tokens;
  }

  /**
   * Stops a run that would learn nothing of use.
   *
   * @throws UserException saying what is wrong with the data and what to do
   */
  public void check() {
    if (silent == examples) {
      throw new UserException("No token of the data counts in the loss but end marks: all answers are empty or cut off."
          + " Check the template, raise «max length», or learn all of the text with «loss on all».");
    }
    refuse(silent, "have no token that counts in the loss but the end mark",
        "Their answers are empty or cut off: check the template and the fields, or raise «max length».");
    refuse(truncated, "are longer than the greatest length and were cut",
        "Raise «max length»; the longest kept has " + longest + " tokens.");
    refuse(unended, "have no end-of-text mark to learn, so the model would never stop",
        "Give the tokeniser an eos_token in tokenizer_config.json, or raise «max length».");
  }

  private void refuse(int count, String fault, String remedy) {
    if (count > GREATEST_SHARE * examples) {
      throw new UserException(String.format(Locale.ROOT, "%d of %d examples %s. %s", count, examples, fault, remedy));
    }
  }

  /** The report as lines for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>(List.of(
        String.format(Locale.ROOT, "%d examples, %d tokens, longest %d", examples, tokens, longest),
        String.format(Locale.ROOT, "%.1f %% of the tokens count in the loss", 100 * supervisedShare()),
        truncated + " truncated, " + unended + " without end of text, " + silent + " without an answer"));
    if (!unread.isEmpty()) {
      lines.add("not read: " + String.join(", ", unread));
    }
    return lines;
  }
}
