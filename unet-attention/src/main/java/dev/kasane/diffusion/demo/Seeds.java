package dev.kasane.diffusion.demo;

import java.util.Random;

/**
 * Random streams by seed and position. {@link Random} is used because its algorithm is part of its
 * specification: the same numbers on every Java release.
 */
final class Seeds {
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private Seeds() {}

  /** A stream for position {@code index} of the sequence {@code seed}; neighbours are unrelated. */
  static Random random(long seed, long index) {
    return new Random(mix(mix(seed) + GOLDEN_RATIO * (index + 1)));
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): a bijection that spreads every bit. */
  static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** A number between {@code -reach} and {@code reach}. */
  static double jitter(Random random, double reach) {
    return (random.nextDouble() * 2 - 1) * reach;
  }

  static <T> T pick(Random random, T[] choices) {
    return choices[random.nextInt(choices.length)];
  }
}
