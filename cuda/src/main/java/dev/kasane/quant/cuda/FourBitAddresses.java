package dev.kasane.quant.cuda;

/**
 * Where a 4-bit tensor lies in the device's memory.
 *
 * @param packed the codes, two a byte
 * @param absmax float scales, one a block; with nested scales one for each 256 of them
 * @param nestedCodes 8-bit codes of the scales, 0 when they are not nested
 * @param nestedMap what the 256 codes mean, float, 0 when they are not nested
 * @param offset what nested scales are relative to
 */
public record FourBitAddresses(long packed, long absmax, long nestedCodes, long nestedMap, float offset) {
  /** Scales that are not nested. */
  public static FourBitAddresses plain(long packed, long absmax) {
    return new FourBitAddresses(packed, absmax, 0, 0, 0);
  }
}
