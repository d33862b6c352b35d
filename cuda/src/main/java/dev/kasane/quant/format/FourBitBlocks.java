package dev.kasane.quant.format;

import dev.kasane.core.parallel.Workers;
import java.nio.ByteBuffer;

/**
 * Numbers in 4 bits, each block with a scale: value = table[code] · scale. Two codes a byte, the earlier in the
 * high half; an odd number of them is followed by the code of zero.
 *
 * @param type what the codes mean
 * @param count how many numbers
 * @param blockSize how many of them share a scale; the last block may be short
 * @param packed (count + 1) / 2 bytes from position 0
 * @param scales one for each block
 */
public record FourBitBlocks(FourBitType type, int count, int blockSize, ByteBuffer packed, BlockScales scales) {
  /** What bitsandbytes takes for the scale of a block whose own is smaller. */
  private static final float LEAST_SCALE = 1e-38f;

  /** Checks that scales and bytes are as many as the numbers need. */
  public FourBitBlocks {
    BlockSize.check(blockSize, "A 4-bit tensor");
    if (packed.capacity() != bytes(count) || scales.count() != BlockSize.blocks(count, blockSize)) {
      throw new IllegalArgumentException(count + " numbers in blocks of " + blockSize + " do not go with "
          + packed.capacity() + " bytes and " + scales.count() + " scales");
    }
  }

  /** How many bytes hold a number of codes. */
  public static int bytes(int count) {
    return count / 2 + count % 2;
  }

  /**
   * Quantises, bit for bit as bitsandbytes does on the CPU: the last block, when short, divides by its scale
   * where the others multiply with the inverse.
   *
   * @param source finite numbers
   * @param type the codes
   * @param blockSize how many numbers share a scale
   * @param packed takes the codes
   * @return plain scales
   * @throws dev.kasane.core.UserException when a number is not finite
   */
  public static FourBitBlocks quantise(StoredFloats source, FourBitType type, int blockSize, ByteBuffer packed) {
    float[] scales = new float[BlockSize.blocks(source.count(), blockSize)];
    Workers.split(scales.length, Math.max(1, 65_536 / blockSize), (from, to) -> {
      float[] values = new float[blockSize];
      for (int block = from; block < to; block++) {
        scales[block] = quantiseBlock(source, type, block, values, packed);
      }
    });
    return new FourBitBlocks(type, source.count(), blockSize, packed, new PlainScales(scales));
  }

  private static float quantiseBlock(
      StoredFloats source, FourBitType type, int block, float[] values, ByteBuffer packed) {
    int first = block * values.length;
    int length = Math.min(values.length, source.count() - first);
    source.read(first, values, length);
    float largest = StoredFloats.largest(values, length, first);
    float floored = Math.max(largest, LEAST_SCALE);
    boolean full = length == values.length;
    float inverse = 1f / floored;
    for (int i = 0; i < length; i++) {
      float scaled = full ? values[i] * inverse : values[i] / floored;
      values[i] = Math.max(-1f, Math.min(1f, scaled));
    }
    if (length % 2 == 1) {
      values[length] = 0;
    }
    for (int i = 0; i < length; i += 2) {
      packed.put((first + i) / 2, (byte) (type.encode(values[i]) << 4 | type.encode(values[i + 1])));
    }
    return full ? largest : floored;
  }

  /** The same codes with the scales quantised once more. */
  public FourBitBlocks nested(NestedScales nested) {
    return new FourBitBlocks(type, count, blockSize, packed, nested);
  }

  /** The code at a position. */
  public int code(int index) {
    int both = packed.get(index / 2) & 0xff;
    return index % 2 == 0 ? both >>> 4 : both & 15;
  }

  /** Bytes that codes and scales hold. */
  public long bytes() {
    return bytes(count) + scales.bytes();
  }
}
