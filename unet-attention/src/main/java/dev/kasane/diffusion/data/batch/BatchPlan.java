package dev.kasane.diffusion.data.batch;

import dev.kasane.core.UserException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which pictures each step trains on: a function of seed and step alone, so that a run resumed at any step
 * goes on as if it had never stopped.
 *
 * <p>An epoch shows each picture exactly as often as its repeats say. A batch has pictures of one bucket; the
 * last batch of a bucket may be smaller and is kept. Pictures within a bucket and the order of the batches
 * are shuffled anew each epoch.
 */
public final class BatchPlan {
  private final Map<Bucket, List<BatchItem>> showings = new TreeMap<>();
  private final int batchSize;
  private final long seed;
  private final double flipShare;
  private final int batchesPerEpoch;
  private volatile Epoch latest;

  /**
   * A picture to be shown.
   *
   * @param picture its index in the data set
   * @param bucket the size it is trained at
   * @param repeats showings an epoch, at least 1
   */
  public record PlannedPicture(int picture, Bucket bucket, int repeats) {}

  /**
   * One showing of a picture.
   *
   * @param picture its index in the data set
   * @param repeat which of its showings within the epoch, from 0
   * @param flip whether it is mirrored
   */
  public record BatchItem(int picture, int repeat, boolean flip) {}

  /**
   * The pictures of one step.
   *
   * @param epoch from 0
   * @param indexInEpoch from 0
   * @param bucket the size of all items
   * @param items 1 to batch size showings
   */
  public record Batch(long epoch, int indexInEpoch, Bucket bucket, List<BatchItem> items) {}

  private record Epoch(long number, List<Batch> batches) {}

  /**
   * @param pictures the pictures, each index once
   * @param batchSize most showings in a batch, at least 1
   * @param seed the run's seed
   * @param flipShare share of showings that are mirrored, 0 to 1
   * @throws UserException if there are no pictures or a number is out of range
   */
  public BatchPlan(List<PlannedPicture> pictures, int batchSize, long seed, double flipShare) {
    check(pictures, batchSize, flipShare);
    this.batchSize = batchSize;
    this.seed = seed;
    this.flipShare = flipShare;
    for (PlannedPicture planned : pictures) {
      List<BatchItem> list = showings.computeIfAbsent(planned.bucket(), bucket -> new ArrayList<>());
      for (int repeat = 0; repeat < planned.repeats(); repeat++) {
        list.add(new BatchItem(planned.picture(), repeat, false));
      }
    }
    batchesPerEpoch = showings.values().stream()
        .mapToInt(list -> (list.size() + batchSize - 1) / batchSize).reduce(0, Math::addExact);
  }

  private static void check(List<PlannedPicture> pictures, int batchSize, double flipShare) {
    if (pictures.isEmpty()) {
      throw new UserException(
          "no pictures to train on; add some to the folder or lower the validation share");
    }
    if (batchSize < 1) {
      throw new UserException("batch size " + batchSize + ": give 1 or more");
    }
    if (!(flipShare >= 0 && flipShare <= 1)) {
      throw new UserException("flip share " + flipShare + ": give a share from 0 to 1; 0.5 is usual");
    }
    long indices = pictures.stream().mapToInt(PlannedPicture::picture).distinct().count();
    if (indices < pictures.size() || pictures.stream().anyMatch(p -> p.repeats() < 1)) {
      throw new IllegalArgumentException("each picture must be planned once, with at least one repeat");
    }
  }

  /** Steps of one epoch; the same for all epochs. */
  public int batchesPerEpoch() {
    return batchesPerEpoch;
  }

  /**
   * The batch of a step.
   *
   * @param globalStep from 0 over all epochs
   */
  public Batch batch(long globalStep) {
    if (globalStep < 0) {
      throw new IllegalArgumentException("step " + globalStep + " is before the first");
    }
    return epoch(globalStep / batchesPerEpoch).get((int) (globalStep % batchesPerEpoch));
  }

  /**
   * All batches of an epoch in their order.
   *
   * @param number from 0
   */
  public List<Batch> epoch(long number) {
    Epoch known = latest;
    if (known == null || known.number() != number) {
      // Kept only to save time: any thread may replace it, since it can always be made again.
      known = new Epoch(number, shuffled(number));
      latest = known;
    }
    return known.batches();
  }

  private List<Batch> shuffled(long number) {
    List<Batch> batches = new ArrayList<>(batchesPerEpoch);
    showings.forEach((bucket, list) -> {
      List<BatchItem> order = new ArrayList<>(list);
      Collections.shuffle(order, SeededRandom.of(
          SeededRandom.Purpose.PICTURE_ORDER, seed, number, bucket.width(), bucket.height()));
      for (int from = 0; from < order.size(); from += batchSize) {
        List<BatchItem> items = order.subList(from, Math.min(order.size(), from + batchSize)).stream()
            .map(item -> withFlip(item, number)).toList();
        batches.add(new Batch(number, 0, bucket, items));
      }
    });
    Collections.shuffle(batches, SeededRandom.of(SeededRandom.Purpose.BATCH_ORDER, seed, number));
    for (int i = 0; i < batches.size(); i++) {
      batches.set(i, new Batch(number, i, batches.get(i).bucket(), batches.get(i).items()));
    }
    return List.copyOf(batches);
  }

  private BatchItem withFlip(BatchItem item, long epoch) {
    double draw = SeededRandom.of(SeededRandom.Purpose.FLIP, seed, epoch, item.picture(), item.repeat()).nextDouble();
    return new BatchItem(item.picture(), item.repeat(), draw < flipShare);
  }
}
