package dev.kasane.diffusion.training;

import dev.kasane.diffusion.data.DatasetPicture;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The pictures of one step, with everything that is random about them decided.
 *
 * @param items pictures of one bucket
 */
public record PictureBatch(List<Item> items) {
  /**
   * One picture of a batch.
   *
   * @param caption its caption at this showing
   * @param flip whether it is mirrored
   * @param timestep how noisy it is made
   */
  public record Item(DatasetPicture picture, String caption, boolean flip, int timestep) {}

  /** The pictures' names, for messages. */
  @Override
  public String toString() {
    return items.stream().map(item -> item.picture().name()).distinct().collect(Collectors.joining(", "));
  }
}
