package dev.kasane.core.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsException;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.TensorBytes;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.safetensors.TensorEntry;
import java.nio.ByteBuffer;
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
   * @param type the type in the file
   */
  public static TensorDeclaration declare(String name, NDArray tensor, DataType type) {
    if (Ops.typeOf(tensor) == type) {
      return declare(name, tensor);
    }
    return new TensorDeclaration(name, TYPES.get(type), tensor.getShape().getShape(), channel -> {
      try (GradMode off = GradMode.off(); NDArray cast = Ops.cast(tensor, type)) {
        channel.write(TorchBridge.memory(cast));
      }
    });
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
   * @param file the file
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
