package dev.kasane.diffusion.data;

import dev.kasane.core.UserException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Pictures held back to see whether training generalises.
 *
 * <p>Chosen by content hash: names and order of the files do not matter, and copies of one picture stay on
 * the same side. Regularisation pictures are always trained on.
 *
 * @param training trained on
 * @param validation only measured
 */
public record ValidationSplit(List<DatasetPicture> training, List<DatasetPicture> validation) {

  /**
   * Splits a data set.
   *
   * @param pictures all pictures
   * @param share share of the different pictures to hold back, 0 to 0.9; above 0 at least one is held back
   *     and at least one is trained on
   * @throws UserException if the share is out of range or there are too few pictures to split
   */
  public static ValidationSplit of(List<DatasetPicture> pictures, double share) {
    if (!(share >= 0 && share <= 0.9)) {
      throw new UserException("validation share " + share + ": give a share from 0 to 0.9, such as 0.1");
    }
    if (share == 0) {
      return new ValidationSplit(List.copyOf(pictures), List.of());
    }
    List<String> hashes = pictures.stream().filter(p -> !p.regularisation())
        .map(DatasetPicture::contentHash).distinct().sorted().toList();
    if (hashes.size() < 2) {
      throw new UserException("validation share " + share + ": " + hashes.size()
          + " different picture(s) cannot be split; add pictures or set the share to 0");
    }
    long wanted = Math.round(share * hashes.size());
    int count = (int) Math.max(1, Math.min(wanted, hashes.size() - 1));
    Set<String> held = Set.copyOf(hashes.subList(0, count));
    var sides = pictures.stream().collect(Collectors.partitioningBy(
        p -> !p.regularisation() && held.contains(p.contentHash())));
    return new ValidationSplit(List.copyOf(sides.get(false)), List.copyOf(sides.get(true)));
  }
}
