package dev.kasane.quant.format;

/**
 * Scales as float32.
 *
 * @param values the largest magnitude of each block; not copied
 */
public record PlainScales(float[] values) implements BlockScales {
  @Override
  public int count() {
    return values.length;
  }

  @Override
  public long bytes() {
    return (long) values.length * Float.BYTES;
  }

  @Override
  public void read(int firstBlock, float[] into, int length) {
    System.arraycopy(values, firstBlock, into, 0, length);
  }
}
