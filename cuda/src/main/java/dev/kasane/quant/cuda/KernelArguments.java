package dev.kasane.quant.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** The arguments of one launch, in order, as the driver wants them: an array of addresses of values. */
public final class KernelArguments {
  private static final int MOST = 16;

  private final Memory values = new Memory(MOST * (long) Long.BYTES);
  private final Memory addresses = new Memory(MOST * (long) Native.POINTER_SIZE);
  private int count;

  /** A pointer into the device's memory, 0 for none. */
  public KernelArguments address(long value) {
    values.setLong(slot(), value);
    return this;
  }

  /** A whole number of 64 bits. */
  public KernelArguments number(long value) {
    values.setLong(slot(), value);
    return this;
  }

  /** A whole number of 32 bits. */
  public KernelArguments number(int value) {
    values.setInt(slot(), value);
    return this;
  }

  public KernelArguments number(float value) {
    values.setFloat(slot(), value);
    return this;
  }

  /** The array; valid while this object is. */
  public Pointer pointers() {
    return addresses;
  }

  private long slot() {
    long offset = count * (long) Long.BYTES;
    addresses.setPointer(count * (long) Native.POINTER_SIZE, values.share(offset));
    count++;
    return offset;
  }
}
