package dev.kasane.text.tokenizer;

import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Watches how fast a tokeniser is. One whose searches go through all of a text again at each of its characters is a
 * thousand times slower than any that is meant for use; on a long text it is stopped rather than waited for.
 */
final class Pace {
  private static final long NANOSECONDS = 1_000_000_000;
  /** Seconds of work before anything is said. */
  private static final long PATIENCE = 30;
  /** Tokenisers for use read a million characters a second; on a busy machine a tenth of that. */
  private static final long LEAST_CHARACTERS_A_SECOND = 3_000;
  /** What a call costs beside its text, in characters. */
  private static final int CALL = 100;

  private final AtomicLong characters = new AtomicLong();
  private final AtomicLong nanoseconds = new AtomicLong();

  /**
   * Counts a text.
   *
   * @param length its characters
   * @param started what {@link System#nanoTime} was before it
   * @param origin the tokeniser's file
   * @throws UserException when the tokeniser is far too slow
   */
  void count(int length, long started, Path origin) {
    long all = characters.addAndGet(length + CALL);
    long seconds = nanoseconds.addAndGet(System.nanoTime() - started) / NANOSECONDS;
    if (seconds >= PATIENCE && all < seconds * LEAST_CHARACTERS_A_SECOND) {
      throw new UserException("The tokeniser of " + origin + " took " + seconds + " s for " + all + " characters, where"
          + " others take less than one. Its patterns are made to take long; take the model from another source.");
    }
  }
}
