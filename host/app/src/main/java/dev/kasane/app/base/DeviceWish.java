package dev.kasane.app.base;

import dev.kasane.core.UserException;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a user wants to compute.
 *
 * @param gpu which GPU, counted from 0 in the driver's order; nothing for the CPU
 * @param certain whether nothing else will do
 * @param offload whether a GPU is to hold no more of a base than it works with at the time
 */
public record DeviceWish(OptionalInt gpu, boolean certain, boolean offload) {
  /** A GPU where one can be used, otherwise the CPU. */
  public static final DeviceWish AUTO = new DeviceWish(OptionalInt.of(0), false, false);
  /** The CPU. */
  public static final DeviceWish CPU = new DeviceWish(OptionalInt.empty(), true, false);

  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,4}))?");

  /**
   * What a word means.
   *
   * @throws UserException when it means nothing
   */
  public static DeviceWish parse(String word) {
    if (word.equals("auto")) {
      return AUTO;
    } else if (word.equals("cpu")) {
      return CPU;
    }
    Matcher cuda = CUDA.matcher(word);
    if (!cuda.matches()) {
      throw new UserException("'" + word + "' is no device. There are auto, cpu, cuda and, of several, cuda:N.");
    }
    return new DeviceWish(OptionalInt.of(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1))), true, false);
  }

  /** The same with a base that waits in the host's memory. */
  public DeviceWish offloading() {
    return new DeviceWish(gpu, certain, true);
  }

  /** As it is typed. */
  @Override
  public String toString() {
    return gpu.isEmpty() ? "cpu" : certain ? "cuda:" + gpu.getAsInt() : "auto";
  }
}
