package dev.kasane.core.pickle.machine;

import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickleBudget;
import dev.kasane.core.pickle.values.PickledTensor;
import dev.kasane.core.pickle.values.StorageLocation;
import dev.kasane.core.safetensors.DType;
import java.util.Arrays;
import java.util.List;

/** Builds tensor descriptions from the arguments of PyTorch's rebuild functions, checked against storages. */
final class TensorBuilder {
  /** Below this many bytes a tensor may repeat elements of its storage as often as it likes. */
  private static final long SMALL_TENSOR_BYTES = 16L << 20;

  private TensorBuilder() {}

  /** Arguments: storage with a type, storage offset, shape, strides, and more that does not matter here. */
  static Object buildTyped(List<Object> arguments, PickleBudget budget) throws MalformedPickle {
    TypedStorage storage = storage(arguments);
    DType dtype = storage.dtype().orElseThrow(() ->
        new MalformedPickle("holds a tensor without an element type; the file is damaged"));
    return build(arguments, storage.location(), dtype, budget);
  }

  /** Arguments as above with the element type as the seventh; the storage counts bytes. */
  static Object buildUntyped(List<Object> arguments, PickleBudget budget) throws MalformedPickle {
    DType dtype = TorchTypes.elementType(ConstructorArguments.global(arguments, 6));
    return build(arguments, storage(arguments).location(), dtype, budget);
  }

  /** A parameter is its tensor. */
  static Object unwrapParameter(List<Object> arguments, PickleBudget budget) throws MalformedPickle {
    return ConstructorArguments.typed(arguments, 0, PickledTensor.class, "a tensor");
  }

  private static TypedStorage storage(List<Object> arguments) throws MalformedPickle {
    return ConstructorArguments.typed(arguments, 0, TypedStorage.class, "a storage");
  }

  private static PickledTensor build(List<Object> arguments, StorageLocation location, DType dtype,
      PickleBudget budget) throws MalformedPickle {
    long[] shape = ConstructorArguments.sizes(arguments, 2);
    long[] strides = ConstructorArguments.sizes(arguments, 3);
    budget.chargeBytes(128 + 16L * (shape.length + strides.length));
    if (shape.length != strides.length) {
      throw new MalformedPickle("holds a tensor of " + shape.length + " dimensions with " + strides.length
          + " strides; the file is damaged");
    }
    PickledTensor tensor =
        new PickledTensor(dtype, shape, strides, ConstructorArguments.size(arguments, 1), location);
    requireWithinStorage(tensor);
    return tensor;
  }

  private static void requireWithinStorage(PickledTensor tensor) throws MalformedPickle {
    String what = "holds a tensor of " + tensor.dtype() + Arrays.toString(tensor.shape()) + " with strides "
        + Arrays.toString(tensor.strides());
    long available = tensor.storage().byteLength() / tensor.dtype().byteSize();
    long bytes;
    long end;
    try {
      bytes = tensor.dtype().byteSize();
      end = tensor.storageOffset() + 1;
      long[] strides = tensor.strides();
      long[] shape = tensor.shape();
      for (int i = 0; i < shape.length; i++) {
        bytes = Math.multiplyExact(bytes, shape[i]);
        end = Math.addExact(end, Math.multiplyExact(Math.max(0, shape[i] - 1), strides[i]));
      }
    } catch (ArithmeticException overflow) {
      throw new MalformedPickle(what + ", larger than any file; the file is damaged", overflow);
    }
    if (bytes != 0 && (end < 0 || end > available)) {
      throw new MalformedPickle(what + " at element " + tensor.storageOffset() + ", which reaches beyond its"
          + " storage of " + available + " elements; the file is truncated or damaged");
    }
    if (bytes > SMALL_TENSOR_BYTES && bytes > tensor.storage().byteLength()) {
      throw new MalformedPickle(what + " that would take " + bytes + " bytes out of a storage of "
          + tensor.storage().byteLength() + "; save a contiguous copy of it");
    }
  }
}
