package dev.kasane.quant.cuda;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.safetensors.HalfPrecision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Arrays in a device's memory, given back together. */
final class Workspace implements AutoCloseable {
  private final DeviceMemory memory;
  private final List<Long> addresses = new ArrayList<>();

  Workspace(DeviceMemory memory) {
    this.memory = memory;
  }

  /** Room for some bytes. */
  long room(long bytes) {
    long address = memory.allocate(bytes);
    addresses.add(address);
    return address;
  }

  long put(byte[] values) {
    return put(NativeBytes.of(values));
  }

  long put(float[] values) {
    return put(NativeBytes.of(values));
  }

  long put(long[] values) {
    return put(NativeBytes.of(values));
  }

  /** Values rounded to a type. */
  long put(float[] values, DataType type) {
    if (type == DataType.FLOAT32) {
      return put(values);
    }
    ByteBuffer buffer = NativeBytes.room(values.length * Short.BYTES);
    for (int i = 0; i < values.length; i++) {
      buffer.putShort(i * Short.BYTES, type == DataType.FLOAT16
          ? HalfPrecision.floatToHalf(values[i]) : HalfPrecision.floatToBfloat16(values[i]));
    }
    return put(buffer);
  }

  private long put(ByteBuffer buffer) {
    long address = room(buffer.capacity());
    memory.upload(buffer, address);
    return address;
  }

  byte[] bytes(long address, int count) {
    ByteBuffer buffer = NativeBytes.room(count);
    memory.download(address, buffer);
    byte[] values = new byte[count];
    buffer.get(0, values);
    return values;
  }

  float[] floats(long address, int count, DataType type) {
    ByteBuffer buffer = NativeBytes.room(count * type.getNumOfBytes());
    memory.download(address, buffer);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = switch (type) {
        case FLOAT16 -> HalfPrecision.halfToFloat(buffer.getShort(i * Short.BYTES));
        case BFLOAT16 -> HalfPrecision.bfloat16ToFloat(buffer.getShort(i * Short.BYTES));
        default -> buffer.getFloat(i * Float.BYTES);
      };
    }
    return values;
  }

  @Override
  public void close() {
    addresses.forEach(memory::free);
  }
}
