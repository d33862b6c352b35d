package dev.kasane.bench.quant;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.safetensors.HalfPrecision;
import dev.kasane.quant.cuda.Accelerator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random numbers in a GPU's memory, given back together. */
final class DeviceArrays implements AutoCloseable {
  private final Accelerator gpu;
  private final Random random = new Random(1);
  private final List<Long> addresses = new ArrayList<>();

  DeviceArrays(Accelerator gpu) {
    this.gpu = gpu;
  }

  /** Room for some bytes, of any content. */
  long room(long bytes) {
    long address = gpu.allocate(bytes);
    addresses.add(address);
    return address;
  }

  /** Random bytes, which are random codes. */
  long codes(long count) {
    byte[] values = new byte[Math.toIntExact(count)];
    random.nextBytes(values);
    return put(buffer(count).put(values));
  }

  /** Zero bytes. */
  long zeros(long count) {
    return put(buffer(count));
  }

  /** Normally distributed numbers of a type. */
  long numbers(long count, DataType type) {
    ByteBuffer buffer = buffer(count * type.getNumOfBytes());
    for (long i = 0; i < count; i++) {
      float value = (float) (0.05 * random.nextGaussian());
      switch (type) {
        case FLOAT16 -> buffer.putShort(HalfPrecision.floatToHalf(value));
        case BFLOAT16 -> buffer.putShort(HalfPrecision.floatToBfloat16(value));
        default -> buffer.putFloat(value);
      }
    }
    return put(buffer);
  }

  /** Scales, above 0. */
  long scales(long count) {
    ByteBuffer buffer = buffer(count * Float.BYTES);
    for (long i = 0; i < count; i++) {
      buffer.putFloat(0.01f + 0.1f * random.nextFloat());
    }
    return put(buffer);
  }

  long put(float[] values) {
    ByteBuffer buffer = buffer(values.length * (long) Float.BYTES);
    buffer.asFloatBuffer().put(values);
    return put(buffer);
  }

  long put(long[] values) {
    ByteBuffer buffer = buffer(values.length * (long) Long.BYTES);
    buffer.asLongBuffer().put(values);
    return put(buffer);
  }

  private long put(ByteBuffer buffer) {
    long address = room(buffer.capacity());
    gpu.upload(buffer.clear(), address);
    return address;
  }

  private static ByteBuffer buffer(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    addresses.forEach(gpu::free);
  }
}
