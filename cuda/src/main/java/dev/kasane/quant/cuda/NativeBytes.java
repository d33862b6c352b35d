package dev.kasane.quant.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers in direct buffers, in the machine's byte order. */
final class NativeBytes {
  private NativeBytes() {}

  static ByteBuffer room(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  static ByteBuffer of(byte[] values) {
    ByteBuffer buffer = room(values.length);
    buffer.put(0, values);
    return buffer;
  }

  static ByteBuffer of(float[] values) {
    ByteBuffer buffer = room(values.length * Float.BYTES);
    buffer.asFloatBuffer().put(values);
    return buffer;
  }

  static ByteBuffer of(long[] values) {
    ByteBuffer buffer = room(values.length * Long.BYTES);
    buffer.asLongBuffer().put(values);
    return buffer;
  }
}
