package dev.kasane.diffusion.demo.base;

import static dev.kasane.diffusion.demo.base.BaseLosses.LOSSES;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.BatchSource;
import dev.kasane.core.training.Objective;
import dev.kasane.diffusion.vae.AutoencoderKL;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Last stage: the decoder alone learns to draw finer details from the means of latents that no longer change, so
 * that what the U-Net has learnt stays true.
 *
 * @param vae the autoencoder, only its decoder trainable
 * @param pictures what it learns from
 */
record DecoderStage(AutoencoderKL vae, VaeStage pictures)
    implements Objective<List<BufferedImage>>, BatchSource<List<BufferedImage>> {
  @Override
  public List<BufferedImage> batch(long number) {
    return pictures.batch(number);
  }

  @Override
  public NDArray loss(List<BufferedImage> batch, NDManager scope) {
    NDArray target = PictureTensors.of(batch, scope);
    NDArray moments;
    try (GradMode off = GradMode.off()) {
      moments = pictures.moments(target);
    }
    return LOSSES.autoencoder(vae.decode(moments.split(2, 1).get(0)), target, moments, 0);
  }
}
