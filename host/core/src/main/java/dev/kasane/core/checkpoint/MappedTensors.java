package dev.kasane.core.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.TensorValues;
import dev.kasane.core.tensor.Ops;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Makes engine tensors of stored bytes, over the very memory of a direct buffer where that is possible. */
final class MappedTensors {
  private MappedTensors() {}

  /**
   * @param bytes row-major little-endian elements; a direct buffer is wrapped, not copied
   * @param dtype their type
   * @param shape their shape
   * @param aligned whether the buffer begins at a multiple of the element size; if not, it is copied
   * @param origin the file, for messages
   */
  static NDArray of(ByteBuffer bytes, DType dtype, Shape shape, boolean aligned, String origin,
      NDManager owner) {
    if (dtype == DType.F8_E4M3 || dtype == DType.F8_E5M2) {
      return owner.create(TensorValues.toFloats(bytes, dtype), shape);
    }
    DataType type = engineType(dtype, origin);
    if (shape.size() == 0) {
      return Ops.cast(owner.create(shape, DataType.FLOAT32), type);
    }
    NDArray mapped = typed(bytes, type, shape, owner);
    if (aligned) {
      pin(bytes, owner);
      return mapped;
    }
    NDArray copy = mapped.duplicate();
    mapped.close();
    return copy;
  }

  private static NDArray typed(ByteBuffer bytes, DataType type, Shape shape, NDManager owner) {
    if (type != DataType.BFLOAT16 && type != DataType.INT16) {
      return owner.create(bytes, shape, type);
    }
    // DJL aborts the process when asked for these two; any type of their size can carry the bytes.
    try (NDArray carrier = owner.create(bytes, shape, DataType.FLOAT16)) {
      return Ops.reinterpret(carrier, type);
    }
  }

  /** Keeps a buffer's memory mapped for as long as the manager is open: views of a tensor do not hold it. */
  private static void pin(ByteBuffer bytes, NDManager owner) {
    if (bytes.isDirect() && !owner.getDevice().isGpu()) {
      owner.attachInternal(UUID.randomUUID().toString(), new Pin(bytes));
    }
  }

  private static DataType engineType(DType dtype, String origin) {
    return switch (dtype) {
      case F64 -> DataType.FLOAT64;
      case F32 -> DataType.FLOAT32;
      case F16 -> DataType.FLOAT16;
      case BF16 -> DataType.BFLOAT16;
      case I64 -> DataType.INT64;
      case I32 -> DataType.INT32;
      case I16 -> DataType.INT16;
      case I8 -> DataType.INT8;
      case U8 -> DataType.UINT8;
      case BOOL -> DataType.BOOLEAN;
      default -> throw new UserException(origin + ": a tensor is stored as " + dtype + ", which libtorch does"
          + " not compute with; this is no checkpoint of plain weights.");
    };
  }

  private static final class Pin implements AutoCloseable {
    private ByteBuffer bytes;

    private Pin(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    @Override
    public void close() {
      bytes = null;
    }

    @Override
    public String toString() {
      return "memory " + bytes;
    }
  }
}
