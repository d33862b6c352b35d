package dev.kasane.diffusion.picture;

/**
 * The eight ways in which a camera may store a picture, as EXIF tag 0x0112 numbers them (EXIF 2.32, 4.6.4).
 *
 * <p>Each value says what has to be done to the stored pixels so that they are upright.
 */
enum Orientation {
  UPRIGHT(false, false, false),
  MIRRORED(false, true, false),
  TURNED_HALF(false, true, true),
  FLIPPED(false, false, true),
  TRANSPOSED(true, false, false),
  TURNED_RIGHT(true, true, false),
  TRANSVERSED(true, true, true),
  TURNED_LEFT(true, false, true);

  private final boolean transposes;
  private final boolean mirrorsColumns;
  private final boolean mirrorsRows;

  Orientation(boolean transposes, boolean mirrorsColumns, boolean mirrorsRows) {
    this.transposes = transposes;
    this.mirrorsColumns = mirrorsColumns;
    this.mirrorsRows = mirrorsRows;
  }

  /** The orientation of an EXIF number; numbers outside 1 to 8 mean nothing and change nothing. */
  static Orientation of(int exif) {
    return exif >= 1 && exif <= 8 ? values()[exif - 1] : UPRIGHT;
  }

  /** Whether width and height change places. */
  boolean swapsSides() {
    return transposes;
  }

  /** The upright picture. */
  Picture apply(Picture stored) {
    if (this == UPRIGHT) {
      return stored;
    }
    int width = transposes ? stored.height() : stored.width();
    int height = transposes ? stored.width() : stored.height();
    byte[] upright = new byte[stored.rgb().length];
    int to = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++, to += 3) {
        int column = mirrorsColumns ? width - 1 - x : x;
        int row = mirrorsRows ? height - 1 - y : y;
        int from = 3 * (transposes ? column * stored.width() + row : row * stored.width() + column);
        System.arraycopy(stored.rgb(), from, upright, to, 3);
      }
    }
    return new Picture(width, height, upright);
  }
}
