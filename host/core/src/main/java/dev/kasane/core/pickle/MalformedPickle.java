package dev.kasane.core.pickle;

/** A fault inside a pickle, told without the file's name, which the caller adds. */
final class MalformedPickle extends Exception {
  MalformedPickle(String fault) {
    super(fault);
  }

  MalformedPickle(String fault, Throwable cause) {
    super(fault, cause);
  }
}
