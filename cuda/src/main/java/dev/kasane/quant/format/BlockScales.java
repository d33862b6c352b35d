package dev.kasane.quant.format;

/** The scale of each block of a quantised tensor: as float32, or quantised once more. */
public interface BlockScales {
  /** How many blocks there are. */
  int count();

  /** Bytes that the stored form holds. */
  long bytes();

  /** Writes the scales of a run of blocks. */
  void read(int firstBlock, float[] into, int length);

  /** All scales. */
  default float[] all() {
    float[] scales = new float[count()];
    read(0, scales, scales.length);
    return scales;
  }
}
