package dev.kasane.core.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsException;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.TensorBytes;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.safetensors.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;

/** Moves tensors between the engine and safetensors files. */
public final class StoredTensors {
  private static final Map<DataType, DType> TYPES = Map.of(
      DataType.FLOAT64, DType.F64,
      DataType.FLOAT32, DType.F32,
      DataType.FLOAT16, DType.F16,
      DataType.BFLOAT16, DType.BF16,
      DataType.INT64, DType.I64,
      DataType.INT32, DType.I32,
      DataType.INT16, DType.I16,
      DataType.INT8, DType.I8,
      DataType.UINT8, DType.U8,
      DataType.BOOLEAN, DType.BOOL);

  private StoredTensors() {}

  /**
   * Declares a tensor for a file, in its own type; the bytes are taken when the file is written.
   *
   * @param name key in the file
   * @param tensor a contiguous tensor on the CPU that stays open until then
   */
  public static TensorDeclaration declare(String name, NDArray tensor) {
    return new TensorDeclaration(name, typeOf(tensor), tensor.getShape().getShape(),
        TensorBytes.ofBuffer(() -> TorchBridge.memory(tensor)));
  }

  /**
   * Declares a tensor that is cast to another type when the file is written.
   *
   * @param name key in the file
   * @param tensor a tensor that stays open until then
   * @param type the type in the file; writing fails when a number is beyond its range
   */
  public static TensorDeclaration declare(String name, NDArray tensor, DataType type) {
    if (Ops.typeOf(tensor) == type) {
      return declare(name, tensor);
    }
    return new TensorDeclaration(name, TYPES.get(type), tensor.getShape().getShape(), channel -> {
      try (GradMode off = GradMode.off(); NDArray cast = Ops.cast(tensor, type)) {
        requireRange(name, tensor, cast, type);
        channel.write(TorchBridge.memory(cast));
      }
    });
  }

  private static void requireRange(String name, NDArray tensor, NDArray cast, DataType type) throws IOException {
    boolean narrower = type == DataType.FLOAT16 || type == DataType.BFLOAT16;
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
   * @throws SafetensorsException when it cannot be read or the engine has no such type
   */
  public static NDArray read(SafetensorsFile file, String name, NDManager scope) throws SafetensorsException {
    TensorEntry entry = file.tensors().get(name);
    ByteBuffer stored = file.map(name);
    DataType type = engineType(file, name, entry);
    if (!stored.hasRemaining()) {
      return Ops.cast(scope.create(new Shape(entry.shape()), DataType.FLOAT32), type);
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
   * @throws SafetensorsException when it cannot be read or the engine has no such type
   */
  public static NDArray read(SafetensorsFile file, String name, NDArray memory, NDManager scope)
      throws SafetensorsException {
    TensorEntry entry = file.tensors().get(name);
    NDArray tensor = Ops.over(memory, engineType(file, name, entry), new Shape(entry.shape()), scope);
    if (entry.byteLength() > 0) {
      file.read(name, TorchBridge.memory(tensor));
    }
    return tensor;
  }

  private static NDArray owned(ByteBuffer bytes, TensorEntry entry, DataType type, NDManager scope) {
    // DJL creates neither bfloat16 nor short integers: they travel as the other type of two bytes.
    DataType carrier = entry.dtype().byteSize() == Short.BYTES ? DataType.FLOAT16 : type;
    try (NDManager own = scope.newSubManager(); GradMode off = GradMode.off()) {
      NDArray borrowed = own.create(bytes, new Shape(entry.shape()), carrier);
      // A tensor made from a buffer borrows the buffer's memory; only a duplicate outlives it.
      NDArray owned = (carrier == type ? borrowed : Ops.reinterpret(borrowed, type)).duplicate();
      owned.attach(scope);
      return owned;
    }
  }

  private static DataType engineType(SafetensorsFile file, String name, TensorEntry entry)
      throws SafetensorsException {
    return TYPES.entrySet().stream().filter(each -> each.getValue() == entry.dtype())
        .map(Map.Entry::getKey).findFirst()
        .orElseThrow(() -> new SafetensorsException(file.path(), "tensor '" + name + "' has elements of type "
            + entry.dtype() + ", which the engine does not compute with; save it as float16 or float32"));
  }

  /** The file's name for a tensor's type. */
  public static DType typeOf(NDArray tensor) {
    DType type = TYPES.get(Ops.typeOf(tensor));
    if (type == null) {
      throw new IllegalArgumentException("No type for " + Ops.typeOf(tensor) + " in a safetensors file");
    }
    return type;
  }

  /**
   * Overwrites a live tensor with a file's values, bit for bit.
   *
   * @param name key in the file
   * @param tensor a contiguous tensor of the same type and shape
   * @throws SafetensorsException when the file has no such tensor or another type or shape
   */
  public static void copyInto(SafetensorsFile file, String name, NDArray tensor) throws SafetensorsException {
    TensorEntry entry = file.tensors().get(name);
    long[] shape = tensor.getShape().getShape();
    if (entry == null || entry.dtype() != typeOf(tensor) || !Arrays.equals(entry.shape(), shape)) {
      throw new SafetensorsException(file.path(), "has " + (entry == null ? "no tensor " + name : entry)
          + ", expected " + name + " " + typeOf(tensor) + Arrays.toString(shape));
    }
    ByteBuffer target = TorchBridge.memory(tensor);
    target.put(file.map(name));
  }
}
