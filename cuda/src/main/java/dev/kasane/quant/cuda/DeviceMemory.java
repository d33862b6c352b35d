package dev.kasane.quant.cuda;

import java.nio.ByteBuffer;

/** The memory that kernels work in. */
public interface DeviceMemory {
  /** Memory of some bytes, to be given to {@link #free}; aligned to 16 bytes at least. */
  long allocate(long bytes);

  /** Gives memory back. */
  void free(long address);

  /** Copies a direct buffer, whole, into the memory. */
  void upload(ByteBuffer from, long to);

  /** Fills a direct buffer, whole, from the memory, after all launches. */
  void download(long from, ByteBuffer to);
}
