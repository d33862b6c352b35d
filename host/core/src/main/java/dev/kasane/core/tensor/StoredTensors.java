package dev.kasane.core.tensor;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.safetensors.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Moves tensors between the engine and safetensors files. */
public final class StoredTensors {
  private StoredTensors() {}

  /**
   * Declares a tensor for a file, in its own type; the bytes are taken when the file is written.
   *
   * @param name key in the file
   * @param tensor a contiguous tensor on any device that stays open until then
   */
  public static TensorDeclaration declare(String name, NDArray tensor) {
    return new TensorDeclaration(name, ElementType.of(tensor).stored(), tensor.getShape().getShape(),
        HostMemory.bytes(tensor));
  }

  /**
   * Declares a tensor that is cast to another type when the file is written.
   *
   * @param name key in the file
   * @param tensor a tensor that stays open until then
   * @param type the type in the file; writing fails when a number is beyond its range
   */
  public static TensorDeclaration declare(String name, NDArray tensor, ElementType type) {
    if (ElementType.of(tensor) == type) {
      return declare(name, tensor);
    }
    return new TensorDeclaration(name, type.stored(), tensor.getShape().getShape(), channel -> {
      try (GradMode off = GradMode.off(); NDArray cast = OPS.cast(tensor, type.dataType())) {
        requireRange(name, tensor, cast, type);
        HostMemory.bytes(cast).writeTo(channel);
      }
    });
  }

  private static void requireRange(String name, NDArray tensor, NDArray cast, ElementType type)
      throws IOException {
    boolean narrower = type == ElementType.FLOAT16 || type == ElementType.BFLOAT16;
    if (narrower && infinities(cast) > infinities(tensor)) {
      throw new IOException("tensor " + name + " has numbers that are too large for " + type
          + "; save it as float32");
    }
  }

  private static long infinities(NDArray tensor) {
    try (NDArray infinite = tensor.isInfinite(); NDArray count = infinite.sum()) {
      return count.toLongArray()[0];
    }
  }

  /**
   * Reads a tensor in its stored type, into memory that libtorch owns: it may be changed in place and
   * outlives the file. Weights that are only ever read are better mapped than copied.
   *
   * @param file an open file
   * @param name key in the file
   * @param scope owner of the tensor
   * @throws FileFault when it cannot be read or the engine has no such type
   */
  public static NDArray read(SafetensorsFile file, String name, NDManager scope) {
    TensorEntry entry = file.tensors().get(name);
    ByteBuffer stored = file.map(name);
    ElementType type = typeOf(file, name, entry);
    if (!stored.hasRemaining()) {
      return OPS.cast(scope.create(new Shape(entry.shape()), DataType.FLOAT32), type.dataType());
    }
    ByteBuffer copy = ByteBuffer.allocateDirect(stored.remaining()).order(ByteOrder.nativeOrder());
    copy.put(stored).flip();
    return owned(copy, entry, type, scope);
  }

  /**
   * Reads a tensor in its stored type into memory that is used again and again. Unlike a mapping it leaves
   * nothing behind.
   *
   * @param file an open file
   * @param name key in the file
   * @param memory a contiguous tensor on the CPU with room for the tensor's bytes; its content is overwritten
   * @param scope owner of the tensor, which is valid until the memory is used again
   * @throws FileFault when it cannot be read or the engine has no such type
   */
  public static NDArray read(SafetensorsFile file, String name, NDArray memory, NDManager scope) {
    TensorEntry entry = file.tensors().get(name);
    NDArray tensor = OPS.over(scope, memory, 0, typeOf(file, name, entry).dataType(), new Shape(entry.shape()));
    if (entry.byteLength() > 0) {
      file.read(name, HostMemory.of(tensor));
    }
    return tensor;
  }

  private static NDArray owned(ByteBuffer bytes, TensorEntry entry, ElementType type, NDManager scope) {
    try (NDManager own = scope.newSubManager(); GradMode off = GradMode.off()) {
      // A tensor made from a buffer borrows the buffer's memory; only a duplicate outlives it.
      NDArray owned = type.over(bytes, new Shape(entry.shape()), own).duplicate();
      owned.attach(scope);
      return owned;
    }
  }

  private static ElementType typeOf(SafetensorsFile file, String name, TensorEntry entry) {
    return ElementType.of(entry.dtype())
        .orElseThrow(() -> new FileFault(file.path(), "tensor '" + name + "' has elements of type "
            + entry.dtype() + ", which the engine does not compute with; save it as float16 or float32"));
  }

  /**
   * Overwrites a live tensor with a file's values, bit for bit.
   *
   * @param name key in the file
   * @param tensor a contiguous tensor of the same type and shape
   * @throws FileFault when the file has no such tensor or another type or shape
   */
  public static void copyInto(SafetensorsFile file, String name, NDArray tensor) {
    TensorEntry entry = file.tensors().get(name);
    long[] shape = tensor.getShape().getShape();
    DType type = ElementType.of(tensor).stored();
    if (entry == null || entry.dtype() != type || !Arrays.equals(entry.shape(), shape)) {
      throw new FileFault(file.path(), "has " + (entry == null ? "no tensor " + name : entry)
          + ", expected " + name + " " + type + Arrays.toString(shape));
    }
    if (HostMemory.holds(tensor)) {
      HostMemory.of(tensor).put(file.map(name));
      return;
    }
    try (NDManager host = Engines.newManager(); GradMode off = GradMode.off()) {
      OPS.assign(tensor, read(file, name, host));
    }
  }
}
