package dev.kasane.quant.format;

/**
 * Scales in 8 bits, themselves in blocks (Dettmers et al. 2023, "QLoRA", section 3, double quantisation):
 * scale = map[code] · absmax + offset.
 *
 * @param codes one byte a scale; not copied
 * @param map what the 256 codes mean
 * @param absmax float32, one for each {@code blockSize} codes
 * @param offset what was taken off all scales before they were quantised: their mean
 * @param blockSize how many codes share an absmax
 */
public record NestedScales(byte[] codes, float[] map, float[] absmax, float offset, int blockSize)
    implements BlockScales {
  /**
   * Quantises scales as bitsandbytes does on the CPU.
   *
   * @param mean their mean, which libtorch's own summation gives bit for bit
   */
  public static NestedScales of(float[] scales, float mean) {
    float[] centred = scales.clone();
    for (int i = 0; i < centred.length; i++) {
      centred[i] -= mean;
    }
    EightBitBlocks blocks = EightBitBlocks.quantise(StoredFloats.of(centred), DynamicMap.SIGNED, BlockSize.NESTED);
    return new NestedScales(blocks.codes(), DynamicMap.SIGNED.values(), blocks.absmax(), mean, BlockSize.NESTED);
  }

  @Override
  public int count() {
    return codes.length;
  }

  @Override
  public long bytes() {
    return codes.length + (long) (absmax.length + 1) * Float.BYTES;
  }

  @Override
  public void read(int firstBlock, float[] into, int length) {
    for (int i = 0; i < length; i++) {
      int block = firstBlock + i;
      into[i] = map[codes[block] & 0xff] * absmax[block / blockSize] + offset;
    }
  }
}
