package dev.kasane.quant.format;

/**
 * Numbers in 8 bits, each block with a scale: value = map[code] · absmax. Bit for bit what bitsandbytes'
 * {@code quantize_blockwise} gives on the CPU.
 *
 * @param codes one byte a number
 * @param absmax the largest magnitude of each block
 * @param map what the codes mean
 * @param blockSize how many numbers share a scale; the last block may be short
 */
public record EightBitBlocks(byte[] codes, float[] absmax, DynamicMap map, int blockSize) {
  /**
   * Quantises.
   *
   * @param source finite numbers
   * @param map which codes
   * @param blockSize how many numbers share a scale
   * @throws dev.kasane.core.UserException when a number is not finite
   */
  public static EightBitBlocks quantise(StoredFloats source, DynamicMap map, int blockSize) {
    byte[] codes = new byte[source.count()];
    float[] absmax = new float[BlockSize.blocks(source.count(), blockSize)];
    float[] values = new float[blockSize];
    for (int block = 0; block < absmax.length; block++) {
      int first = block * blockSize;
      int length = Math.min(blockSize, source.count() - first);
      source.read(first, values, length);
      float largest = StoredFloats.largest(values, length, first);
      absmax[block] = largest;
      float inverse = 1f / largest;
      for (int i = 0; i < length; i++) {
        // A block of zeros takes code 0, whatever that means: its scale is zero.
        codes[first + i] = largest == 0 ? 0 : (byte) map.binned(values[i] * inverse);
      }
    }
    return new EightBitBlocks(codes, absmax, map, blockSize);
  }

  /** The numbers. */
  public float[] dequantise() {
    float[] values = new float[codes.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = map.value(codes[i] & 0xff) * absmax[i / blockSize];
    }
    return values;
  }
}
