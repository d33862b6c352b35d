package dev.kasane.core.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Gives the bytes of one tensor when the writer has come to it: little-endian, row-major, in exactly the
 * length that its shape and type need. Asked once, so a source may compute or load the tensor on the spot.
 */
@FunctionalInterface
public interface TensorBytes {
  /**
   * Writes all bytes of the tensor.
   *
   * @param channel takes every byte before {@code write} returns; refuses more than the tensor has; need not
   *     be closed
   * @throws IOException if the bytes cannot be had or written
   */
  void writeTo(WritableByteChannel channel) throws IOException;

  /** A source that makes a buffer when asked; everything between its position and limit is the tensor. */
  static TensorBytes ofBuffer(BufferSource source) {
    return channel -> channel.write(source.get().duplicate());
  }

  /** A source of floats in a floating-point type, rounded to nearest as {@link TensorValues#fromFloats}. */
  static TensorBytes ofFloats(float[] values, DType dtype) {
    return ofBuffer(() -> TensorValues.fromFloats(values, dtype));
  }

  /** Makes or fetches a buffer. */
  @FunctionalInterface
  interface BufferSource {
    /**
     * The buffer, little-endian content between position and limit.
     *
     * @throws IOException if it cannot be had
     */
    ByteBuffer get() throws IOException;
  }
}
