package dev.kasane.diffusion.training;

import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import dev.kasane.diffusion.data.batch.BucketPlan;
import dev.kasane.diffusion.data.caption.CaptionOptions;

/**
 * What a picture run does with its pictures.
 *
 * @param captions how captions are varied
 * @param buckets the sizes that pictures are trained at
 * @param randomCrop whether the part that is cut off is drawn by lot rather than the margins
 * @param batchSize pictures a batch
 * @param flipShare share of showings that are mirrored
 * @param validationShare share of the pictures that are kept out of training to measure the loss on
 * @param noise how noise is drawn and the loss weighted
 * @param clipSkip layers of the text encoder to leave out at the end
 * @param textEncoderRate learning rate of the text encoder as a multiple of the U-Net's, above 0
 * @param gradientCheckpointing whether inner results are computed again rather than kept
 * @param seed everything random about the pictures follows from it
 */
public record ImageTrainingOptions(
    CaptionOptions captions,
    BucketPlan buckets,
    boolean randomCrop,
    int batchSize,
    double flipShare,
    double validationShare,
    NoiseOptions noise,
    int clipSkip,
    double textEncoderRate,
    boolean gradientCheckpointing,
    long seed) {

  /**
   * Checks the ranges.
   *
   * @throws UserException naming the number
   */
  public ImageTrainingOptions {
    Ranges.require(batchSize >= 1 && batchSize <= 1024, "«batch size»", batchSize, "1 to 1024");
    Ranges.require(flipShare >= 0 && flipShare <= 1, "«flip»", flipShare, "a share from 0 to 1");
    Ranges.require(validationShare >= 0 && validationShare <= 0.5, "«validation»", validationShare,
        "a share from 0 to 0.5");
  }
}
