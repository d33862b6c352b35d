package dev.kasane.core.tensor;

import ai.djl.engine.EngineException;
import java.util.stream.Stream;

/**
 * What libtorch means by what it throws. DJL hands on nothing but its text, whose beginning is the only sign there is;
 * no other class reads it.
 */
public final class EngineFaults {
  private EngineFaults() {}

  /** Whether memory, the host's or a GPU's, ran out. */
  public static boolean isOutOfMemory(Throwable failure) {
    return says(failure, "can't allocate memory", "out of memory");
  }

  /** Whether a GPU stopped working: it is gone, was reset, or ran into an error that ends its use by this process. */
  public static boolean isDeviceLost(Throwable failure) {
    return !isOutOfMemory(failure) && says(failure, "CUDA error", "CUDA driver error");
  }

  private static boolean says(Throwable failure, String... signs) {
    String text = firstLine(failure);
    return failure instanceof EngineException && Stream.of(signs).anyMatch(text::contains);
  }

  /** The first line of a failure's text; the others are libtorch's own stack. */
  public static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }
}
