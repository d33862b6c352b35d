package dev.kasane.quant.cpu;

import java.nio.ByteBuffer;

/**
 * Decodes whole blocks of 4-bit codes. Implementations differ only in speed: all give the same bits.
 *
 * <p>Byte buffers are in little-endian order; blocks are multiples of 32 values.
 */
interface BlockDecoder {
  /** A name for reports. */
  String name();

  /**
   * Decodes to float32.
   *
   * @param packed the codes
   * @param firstByte where the first block's begin
   * @param table the sixteen values
   * @param scales one for each block from {@code scales[0]} on
   * @param blocks how many blocks
   * @param blockSize values a block
   * @param out takes the numbers
   * @param firstOut where, in bytes
   */
  void toFloats(ByteBuffer packed, int firstByte, float[] table, float[] scales, int blocks, int blockSize,
      ByteBuffer out, int firstOut);

  /**
   * Decodes to a type of 16 bits.
   *
   * @param tables the sixteen values of each block, scaled and rounded, block after block
   * @see #toFloats
   */
  void toHalves(ByteBuffer packed, int firstByte, short[] tables, int blocks, int blockSize, ByteBuffer out,
      int firstOut);

  /**
   * Decodes to bfloat16, rounded to nearest even from float32.
   *
   * @param scales finite ones
   * @see #toFloats
   */
  default void toBfloat16(ByteBuffer packed, int firstByte, float[] table, float[] scales, int blocks, int blockSize,
      ByteBuffer out, int firstOut) {
    short[] tables = new short[blocks * table.length];
    for (int i = 0; i < tables.length; i++) {
      tables[i] = (short) (rounded(Float.floatToRawIntBits(table[i % table.length] * scales[i / table.length])) >>> 16);
    }
    toHalves(packed, firstByte, tables, blocks, blockSize, out, firstOut);
  }

  /** The bits of a finite float32 whose upper half is the nearest bfloat16; the lower half is of no meaning. */
  static int rounded(int bits) {
    // Half of what is dropped is added; on a tie the last bit kept decides.
    return bits + 0x7fff + (bits >>> 16 & 1);
  }
}
