package dev.kasane.text.data;

import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Examples to learn from and examples to ask about.
 *
 * @param training what is learnt
 * @param evaluation what is held back, maybe none
 */
public record DataSplit(List<TextRecord> training, List<TextRecord> evaluation) {
  /**
   * Holds a share of the records back, at least one unless the share is 0. The choice depends on the seed alone.
   *
   * @throws UserException when nothing would be left to train on
   */
  public static DataSplit of(List<TextRecord> records, double share, long seed) {
    Ranges.require(share >= 0 && share < 1, "«eval share»", share, "a share from 0 to below 1");
    int held = share == 0 ? 0 : (int) Math.max(1, Math.round(records.size() * share));
    if (held >= records.size()) {
      throw new UserException("Option «eval share» " + share + " leaves none of the " + records.size()
          + " records to train on. Lower it, or add data.");
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(seed ^ 0x5EEDL));
    List<Integer> evaluation = order.subList(0, held).stream().sorted().toList();
    List<Integer> training = order.subList(held, order.size()).stream().sorted().toList();
    return new DataSplit(training.stream().map(records::get).toList(),
        evaluation.stream().map(records::get).toList());
  }
}
