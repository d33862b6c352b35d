package dev.kasane.diffusion.demo.base;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.List;

/** Pictures as a tensor in [−1, 1]. */
final class PictureTensors {
  private PictureTensors() {}

  /**
   * @param pictures of one size
   * @param scope owner of the result
   * @return (batch, 3, height, width), float32
   */
  static NDArray of(List<BufferedImage> pictures, NDManager scope) {
    int width = pictures.get(0).getWidth();
    int height = pictures.get(0).getHeight();
    int area = width * height;
    ByteBuffer bytes = scope.allocateDirect(pictures.size() * 3 * area);
    for (int i = 0; i < pictures.size(); i++) {
      int[] rgb = pictures.get(i).getRGB(0, 0, width, height, null, 0, width);
      for (int p = 0; p < area; p++) {
        bytes.put((i * 3) * area + p, (byte) (rgb[p] >> 16));
        bytes.put((i * 3 + 1) * area + p, (byte) (rgb[p] >> 8));
        bytes.put((i * 3 + 2) * area + p, (byte) rgb[p]);
      }
    }
    NDArray pixels = scope.create(bytes, new Shape(pictures.size(), 3, height, width), DataType.UINT8);
    return pixels.toType(DataType.FLOAT32, false).divi(127.5f).subi(1f);
  }
}
