package dev.kasane.app.cli.options;

import dev.kasane.core.UserException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Numbers of layers, as typed: {@code 7} or {@code 0-7}.
 *
 * @param first the first, from 0
 * @param last the last, included
 */
public record LayerRange(int first, int last) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

  public static LayerRange parse(String text) {
    Matcher numbers = FORM.matcher(text.strip());
    int first = numbers.matches() ? Integer.parseInt(numbers.group(1)) : 0;
    int last = numbers.matches() && numbers.group(2) != null ? Integer.parseInt(numbers.group(2)) : first;
    if (!numbers.matches() || last < first) {
      throw new UserException("'" + text + "' should be a layer's number from 0, such as 7, or a range, such as 0-7.");
    }
    return new LayerRange(first, last);
  }

  public List<Integer> numbers() {
    return IntStream.rangeClosed(first, last).boxed().toList();
  }

  /** As it could have been typed. */
  @Override
  public String toString() {
    return first == last ? String.valueOf(first) : first + "-" + last;
  }
}
