package dev.kasane.diffusion.demo;

import java.awt.image.BufferedImage;
import java.util.Random;

/**
 * An endless supply of pictures for training the autoencoder.
 *
 * <p>An autoencoder that only ever saw flat scenes could not carry a new style, whatever an adapter asks of
 * it. So 40 percent of the pictures are flat scenes, 30 percent ink prints and the rest plain textures; half
 * of the scenes are also zoomed, mirrored and put into other colours. Objects and colours held out from the
 * base's training are held out here too.
 */
public final class VaePictures {
  private static final double FLAT_SHARE = 0.4;
  private static final double INK_SHARE = 0.3;
  private static final SceneRenderer FLAT = new ScenePainter();
  private static final SceneRenderer INK = new InkPainter();

  private final long seed;
  private final SceneGenerator scenes;

  /** A supply of its own for each {@code seed}. */
  public VaePictures(long seed) {
    this.seed = seed;
    this.scenes = new SceneGenerator(seed);
  }

  /**
   * The picture at {@code index}, always the same one.
   *
   * @param size width and height in pixels, at least 16
   * @return an opaque picture of type {@link BufferedImage#TYPE_INT_RGB}
   * @throws dev.kasane.core.UserException if {@code size} is below 16
   */
  public BufferedImage picture(long index, int size) {
    Random random = Seeds.random(~seed, index);
    double kind = random.nextDouble();
    if (kind >= FLAT_SHARE + INK_SHARE) {
      return TexturePictures.paint(random, size);
    }
    SceneRenderer renderer = kind < FLAT_SHARE ? FLAT : INK;
    BufferedImage picture = renderer.paint(scenes.scene(index), random.nextLong(), size);
    return random.nextBoolean() ? picture : PictureTransforms.apply(picture, random);
  }
}
