package dev.kasane.diffusion.data.batch;

import java.util.Random;

/**
 * Random numbers that depend on what they are for and on nothing that happened before, so that a resumed run
 * draws what an uninterrupted one would have drawn.
 */
public final class SeededRandom {
  /** What a number decides; each use has its own stream. */
  public enum Purpose { PICTURE_ORDER, BATCH_ORDER, FLIP, CAPTION, CROP }

  private SeededRandom() {}

  /** A generator of the platform-independent kind that {@link Random} specifies. */
  public static Random of(Purpose purpose, long seed, long... place) {
    long state = mix(seed + 0x9e3779b97f4a7c15L * (purpose.ordinal() + 1));
    for (long part : place) {
      state = mix(state + 0x9e3779b97f4a7c15L + part);
    }
    return new Random(state);
  }

  /** The output function of SplitMix64 (Steele, Lea, Flood 2014): a bijection that spreads every bit. */
  private static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
