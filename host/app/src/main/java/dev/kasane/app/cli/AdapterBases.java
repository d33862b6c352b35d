package dev.kasane.app.cli;

import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.image.DemoBaseLocation;

/** Bases by the words of the command line. */
final class AdapterBases {
  private static final String DEMO = "demo";

  private AdapterBases() {}

  /**
   * The base of a word: {@code sd1}, {@code sd2}, {@code sdxl}, {@code demo} or a path.
   *
   * @throws dev.kasane.core.UserException when there is none
   */
  static AdapterBase named(String word) {
    return AdapterBase.named(word.equals(DEMO) ? DemoBaseLocation.find().toString() : word);
  }
}
