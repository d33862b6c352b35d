package dev.kasane.core.safetensors;

import java.util.Arrays;
import java.util.Random;

/** Damages files the way broken disks, broken tools and attackers do. */
public final class Mutations {
  private static final byte[] TELLING = {0, 1, -1, 127, -128, '{', '}', '[', ']', '"', '0', '9', '-', '.',
      'e'};

  private Mutations() {
  }

  /**
   * A copy with one to four faults: bytes changed, pieces removed, repeated or moved, or the end cut off.
   *
   * @param interesting faults fall into this many leading bytes
   */
  public static byte[] mutate(byte[] original, Random random, int interesting) {
    byte[] mutated = original.clone();
    int faults = 1 + random.nextInt(4);
    for (int i = 0; i < faults && mutated.length > 0; i++) {
      int place = random.nextInt(Math.min(interesting, mutated.length));
      int length = 1 + random.nextInt(Math.min(16, mutated.length - place));
      mutated = switch (random.nextInt(7)) {
        case 0 -> change(mutated, place, (byte) (mutated[place] ^ 1 << random.nextInt(8)));
        case 1 -> change(mutated, place, (byte) random.nextInt());
        case 2, 3 -> change(mutated, place, TELLING[random.nextInt(TELLING.length)]);
        case 4 -> splice(mutated, place, place + length, new byte[0]);
        case 5 -> splice(mutated, place, place, Arrays.copyOfRange(mutated, place, place + length));
        default -> random.nextInt(4) == 0 ? Arrays.copyOf(mutated, place)
            : splice(mutated, place, place + length,
            piece(original, random, length));
      };
    }
    return mutated;
  }

  private static byte[] change(byte[] bytes, int place, byte value) {
    bytes[place] = value;
    return bytes;
  }

  private static byte[] piece(byte[] original, Random random, int length) {
    int from = random.nextInt(Math.max(1, original.length - length));
    return Arrays.copyOfRange(original, from, from + length);
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] inserted) {
    byte[] result = Arrays.copyOf(bytes, bytes.length - (to - from) + inserted.length);
    System.arraycopy(inserted, 0, result, from, inserted.length);
    System.arraycopy(bytes, to, result, from + inserted.length, bytes.length - to);
    return result;
  }
}
