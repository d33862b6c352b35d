package dev.kasane.core.pickle.values;

/**
 * Limits on what one checkpoint may make the reader do, chosen so that the worst file needs less than half a
 * gigabyte of memory. A real checkpoint of ten thousand tensors takes about half a million instructions and a
 * few megabytes.
 */
public final class PickleBudget {
  /** Instructions, over all pickles of a file. */
  static final long MAX_INSTRUCTIONS = 2_000_000;
  /** Bytes of text, copies and tensor descriptions made, over all pickles of a file. */
  static final long MAX_COPIED_BYTES = 64L << 20;
  /** Bytes of pickle in a file, tensors not counted. */
  public static final long MAX_PICKLE_BYTES = 64L << 20;
  /** Bytes of a single text or byte string. */
  public static final int MAX_STRING_BYTES = 16 << 20;
  /** Characters of a dictionary key. */
  static final int MAX_KEY_LENGTH = 4096;
  /** Containers within containers. */
  public static final int MAX_NESTING = 200;
  /** Values in the result, shared ones counted at every place where they appear. */
  public static final long MAX_EXPANDED_VALUES = 1L << 24;

  private long instructions;
  private long copiedBytes;

  public void chargeInstruction() throws MalformedPickle {
    if (++instructions > MAX_INSTRUCTIONS) {
      throw new MalformedPickle("has more than " + MAX_INSTRUCTIONS + " pickle instructions, far beyond any"
          + " real checkpoint; convert it to safetensors with the tool that wrote it");
    }
  }

  public void chargeBytes(long bytes) throws MalformedPickle {
    copiedBytes += bytes;
    if (copiedBytes > MAX_COPIED_BYTES) {
      throw new MalformedPickle("builds more than " + MAX_COPIED_BYTES
          + " bytes of text and lists, far beyond"
          + " any real checkpoint; convert it to safetensors with the tool that wrote it");
    }
  }
}
