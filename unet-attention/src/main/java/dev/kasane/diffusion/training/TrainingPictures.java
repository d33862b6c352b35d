package dev.kasane.diffusion.training;

import dev.kasane.core.UserException;
import dev.kasane.core.training.BatchSource;
import dev.kasane.diffusion.data.CaptionPipeline;
import dev.kasane.diffusion.data.DatasetPicture;
import dev.kasane.diffusion.data.DatasetReport;
import dev.kasane.diffusion.data.PictureDataset;
import dev.kasane.diffusion.data.ValidationSplit;
import dev.kasane.diffusion.data.batch.BatchPlan;
import dev.kasane.diffusion.data.batch.CropPosition;
import dev.kasane.diffusion.data.batch.Placement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The pictures of a run as batches. Batch number n is a function of the seed and n alone: its pictures,
 * captions, mirrorings and timesteps.
 */
public final class TrainingPictures implements BatchSource<PictureBatch> {
  private final PictureDataset dataset;
  private final ImageTrainingOptions options;
  private final CaptionPipeline captions;
  private final ValidationSplit split;
  private final BatchPlan plan;
  private final Map<Integer, Placement> placements = new HashMap<>();

  /**
   * @param dataset the scanned folder
   * @param options how it is trained on
   * @throws UserException when there is nothing to train on
   */
  public TrainingPictures(PictureDataset dataset, ImageTrainingOptions options) {
    this.dataset = dataset;
    this.options = options;
    this.captions = new CaptionPipeline(options.captions(), options.seed());
    this.split = ValidationSplit.of(dataset.pictures(), options.validationShare());
    this.plan = new BatchPlan(split.training().stream().map(this::planned).toList(), options.batchSize(),
        options.seed(), options.flipShare());
  }

  private BatchPlan.PlannedPicture planned(DatasetPicture picture) {
    return new BatchPlan.PlannedPicture(picture.index(), placement(picture).bucket(), picture.repeats());
  }

  /** How a picture comes into its bucket. */
  public Placement placement(DatasetPicture picture) {
    return placements.computeIfAbsent(picture.index(), index -> options.buckets().place(picture.size(),
        options.randomCrop() ? CropPosition.random(options.seed(), index) : CropPosition.CENTRE));
  }

  /** What there is to know before training. */
  public DatasetReport report() {
    return DatasetReport.of(dataset, this::placement);
  }

  @Override
  public PictureBatch batch(long number) {
    BatchPlan.Batch planned = plan.batch(number);
    SplittableRandom random = new SplittableRandom(mix(options.seed(), number));
    List<PictureBatch.Item> items = new ArrayList<>();
    for (BatchPlan.BatchItem item : planned.items()) {
      DatasetPicture picture = dataset.pictures().get(item.picture());
      int timestep = random.nextInt(options.noise().minTimestep(), options.noise().maxTimestep());
      String caption = captions.caption(picture, planned.epoch(), item.repeat());
      items.add(new PictureBatch.Item(picture, caption, item.flip(), timestep));
    }
    return new PictureBatch(items);
  }

  private static long mix(long seed, long number) {
    return seed * 0x9E3779B97F4A7C15L + number;
  }

  /** Batches of one picture each for measuring: the same pictures, captions and timesteps every time. */
  List<PictureBatch> validation() {
    List<PictureBatch> batches = new ArrayList<>();
    int span = options.noise().maxTimestep() - options.noise().minTimestep();
    for (DatasetPicture picture : split.validation()) {
      for (int i = 0; i < 4; i++) {
        int timestep = options.noise().minTimestep() + span * (2 * i + 1) / 8;
        batches.add(new PictureBatch(List.of(
            new PictureBatch.Item(picture, captions.fullCaption(picture), false, timestep))));
      }
    }
    return batches;
  }

  /** How the pictures are trained on. */
  public ImageTrainingOptions options() {
    return options;
  }

  /** The data set. */
  public PictureDataset dataset() {
    return dataset;
  }

  /** Pictures that are trained on and pictures that are kept out. */
  public ValidationSplit split() {
    return split;
  }

  /** Batches that show every picture as often as its repeats say. */
  public int batchesPerEpoch() {
    return plan.batchesPerEpoch();
  }
}
