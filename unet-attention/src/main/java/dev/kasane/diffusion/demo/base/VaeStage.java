package dev.kasane.diffusion.demo.base;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.diffusion.demo.base.BaseLosses.LOSSES;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.training.BatchSource;
import dev.kasane.core.training.Objective;
import dev.kasane.diffusion.demo.VaePictures;
import dev.kasane.diffusion.vae.AutoencoderKL;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.LongStream;

/** First stage: the autoencoder learns to carry the world, the ink style and plain textures. */
final class VaeStage implements Objective<List<BufferedImage>>, BatchSource<List<BufferedImage>> {
  private static final double DIVERGENCE_WEIGHT = 1e-4;

  private final AutoencoderKL vae;
  private final VaePictures pictures;
  private final int batchSize;
  private final DataType type;

  /**
   * @param type what is computed in
   */
  VaeStage(AutoencoderKL vae, long seed, int batchSize, DataType type) {
    this.vae = vae;
    this.pictures = new VaePictures(seed);
    this.batchSize = batchSize;
    this.type = type;
  }

  @Override
  public List<BufferedImage> batch(long number) {
    return LongStream.range(number * batchSize, (number + 1) * batchSize)
        .mapToObj(index -> pictures.picture(index, DemoBaseConfig.PICTURE_SIZE)).toList();
  }

  @Override
  public NDArray loss(List<BufferedImage> batch, NDManager scope) {
    NDArray target = PictureTensors.of(batch, scope);
    NDArray moments = moments(target);
    NDArray decoded = vae.decode(LOSSES.sampleLatents(moments));
    return LOSSES.autoencoder(decoded, target, moments, DIVERGENCE_WEIGHT);
  }

  /** The encoder's means and logarithms of variances of some pictures. */
  NDArray moments(NDArray pictures) {
    return vae.encodeMoments(OPS.cast(pictures, type));
  }
}
