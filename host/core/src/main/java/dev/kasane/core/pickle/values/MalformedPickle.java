package dev.kasane.core.pickle.values;

/** A fault inside a pickle, told without the file's name, which the caller adds. */
public final class MalformedPickle extends Exception {
  public MalformedPickle(String fault) {
    super(fault);
  }

  public MalformedPickle(String fault, Throwable cause) {
    super(fault, cause);
  }
}
