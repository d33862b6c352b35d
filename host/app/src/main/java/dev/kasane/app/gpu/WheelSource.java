package dev.kasane.app.gpu;

import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.List;

/** Where wheels come from. */
interface WheelSource {
  /** What fetching means here, such as {@code Fetching}. */
  String task();

  /**
   * Looks whether all can be had, before the first is touched.
   *
   * @throws UserException when one is missing; names all that are
   */
  Prepared prepare(List<Wheel> wheels);

  /**
   * How far it is.
   *
   * @param missing bytes that have yet to come to this disk
   * @param before bytes that an earlier run has fetched
   */
  record Prepared(long missing, long before) {}

  /**
   * The file of a wheel, whose every bit is right.
   *
   * @param progress is told of bytes as they come
   * @throws UserException when it cannot be had or is another
   */
  Path fetch(Wheel wheel, BytesListener progress);

  /** Told of bytes. */
  interface BytesListener {
    /** So many more have come; fewer than none when those of an earlier run have to come again. */
    void add(long bytes);
  }
}
