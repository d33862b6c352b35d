package dev.kasane.diffusion.demo.base;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.HostMemory;
import dev.kasane.diffusion.demo.SceneGenerator;
import dev.kasane.diffusion.demo.ScenePainter;
import dev.kasane.diffusion.vae.AutoencoderKL;
import java.awt.image.BufferedImage;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;

/** The latents of many scenes of the demo world, encoded once. */
final class WorldLatents {
  private static final int CHUNK = 32;

  private WorldLatents() {}

  /**
   * Paints and encodes the first scenes of a generator.
   *
   * @param vae the trained autoencoder
   * @param scenes which scenes
   * @param count how many
   * @param type what is computed in
   * @param owner owner of the result
   * @return (count, channels, height, width) means, float32, not scaled
   */
  static NDArray encode(AutoencoderKL vae, SceneGenerator scenes, int count, DataType type,
      NDManager owner) {
    int side = DemoBaseConfig.PICTURE_SIZE / vae.config().reduction();
    Shape one = new Shape(vae.config().latentChannels(), side, side);
    NDArray all = owner.zeros(new Shape(count).addAll(one), DataType.FLOAT32);
    FloatBuffer target = HostMemory.of(all).asFloatBuffer();
    for (int start = 0; start < count; start += CHUNK) {
      int end = Math.min(count, start + CHUNK);
      try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
        NDArray pictures = PictureTensors.of(paint(scenes, start, end), scope);
        NDArray moments = OPS.cast(vae.encodeMoments(OPS.cast(pictures, type)), DataType.FLOAT32);
        NDArray means = moments.split(2, 1).get(0);
        target.put(means.toFloatArray());
      }
    }
    return all;
  }

  private static List<BufferedImage> paint(SceneGenerator scenes, int start, int end) {
    ScenePainter painter = new ScenePainter();
    return IntStream.range(start, end).parallel()
        .mapToObj(i -> painter.paint(scenes.scene(i), i, DemoBaseConfig.PICTURE_SIZE)).toList();
  }
}
