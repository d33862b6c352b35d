package dev.kasane.core.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileWindow;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.TensorValues;
import dev.kasane.core.tensor.ElementType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;

/** Makes engine tensors of stored bytes, over the very memory of a mapped file where that is possible. */
final class MappedTensors {
  private final Path origin;
  private final String name;
  private final DType dtype;
  private final Window window;

  /** The bytes of a tensor. */
  @FunctionalInterface
  interface Window {
    /** Some of them: row-major, little-endian, direct, possibly unaligned. */
    ByteBuffer map(long offset, long length);
  }

  /**
   * @param origin the file, for messages
   * @param name the tensor, for messages
   * @param dtype type of the elements
   * @param window gives the bytes
   */
  MappedTensors(Path origin, String name, DType dtype, Window window) {
    this.origin = origin;
    this.name = name;
    this.dtype = dtype;
    this.window = window;
  }

  /** The whole tensor. */
  NDArray read(long[] shape, NDManager owner) {
    return bytes(shape) <= Integer.MAX_VALUE ? part(0, shape, owner) : joined(shape, owner);
  }

  private long bytes(long[] shape) {
    return Arrays.stream(shape).reduce(dtype.byteSize(), (a, b) -> a * b);
  }

  /** One buffer holds less than 2 GiB: a larger tensor is put together from runs of its rows. */
  private NDArray joined(long[] shape, NDManager owner) {
    long rowBytes = bytes(shape) / shape[0];
    if (rowBytes > Integer.MAX_VALUE) {
      throw new FileFault(origin, "tensor '" + name + "' of shape " + Arrays.toString(shape)
          + " has rows of more than 2 GiB, which cannot be read.");
    }
    long rows = Integer.MAX_VALUE / rowBytes;
    try (NDManager scratch = owner.newSubManager()) {
      NDList parts = new NDList();
      for (long first = 0; first < shape[0]; first += rows) {
        long[] some = shape.clone();
        some[0] = Math.min(rows, shape[0] - first);
        parts.add(part(first * rowBytes, some, scratch));
      }
      return TensorTransform.concatenate(parts, owner);
    }
  }

  private NDArray part(long offset, long[] sizes, NDManager owner) {
    Shape shape = new Shape(sizes);
    ByteBuffer bytes = window.map(offset, bytes(sizes));
    if (dtype == DType.F8_E4M3 || dtype == DType.F8_E5M2) {
      return owner.create(TensorValues.toFloats(bytes, dtype), shape);
    }
    if (shape.size() == 0) {
      return OPS.cast(owner.create(shape, DataType.FLOAT32), type().dataType());
    }
    if (owner.getDevice().equals(Device.cpu()) && bytes.alignmentOffset(bytes.position(), dtype.byteSize()) == 0) {
      owner.attachInternal(UUID.randomUUID().toString(), new Pin(bytes));
      return type().over(bytes, shape, owner);
    }
    try (Pin read = new Pin(bytes); NDManager scratch = owner.newSubManager()) {
      NDArray copy = type().over(bytes, shape, scratch).duplicate();
      copy.attach(owner);
      return copy;
    }
  }

  private ElementType type() {
    return ElementType.of(dtype).orElseThrow(() -> new FileFault(origin, "tensor '" + name + "' is stored as "
        + dtype + ", which libtorch does not compute with; this is no checkpoint of plain weights."));
  }

  /** Keeps a buffer's memory mapped while the manager is open, and no longer: views of a tensor do not hold it. */
  private record Pin(ByteBuffer bytes) implements AutoCloseable {
    @Override
    public void close() {
      FileWindow.release(bytes);
    }
  }
}
