package dev.kasane.diffusion.picture;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pictures that Pillow wrote and decoded; made by {@code src/test/reference/make_pictures.py}. */
public final class Goldens {
  private Goldens() {}

  public static Path file(String name) {
    try {
      return Path.of(Goldens.class.getResource("/pictures/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(name, e);
    }
  }

  static Picture decodedByPillow(String name) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file(name + ".rgb")));
    int width = in.getInt();
    int height = in.getInt();
    byte[] rgb = new byte[in.remaining()];
    in.get(rgb);
    return new Picture(width, height, rgb);
  }

  public static int largestDifference(Picture one, Picture other) {
    int largest = 0;
    for (int i = 0; i < one.rgb().length; i++) {
      largest = Math.max(largest, Math.abs((one.rgb()[i] & 0xff) - (other.rgb()[i] & 0xff)));
    }
    return largest;
  }

  public static double meanDifference(Picture one, Picture other) {
    long sum = 0;
    for (int i = 0; i < one.rgb().length; i++) {
      sum += Math.abs((one.rgb()[i] & 0xff) - (other.rgb()[i] & 0xff));
    }
    return (double) sum / one.rgb().length;
  }
}
