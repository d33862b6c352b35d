package ai.djl.pytorch.jni;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The one door to what DJL keeps package-private: calling a TorchScript method with gradients left on,
 * backward with an explicit output gradient, the grad mode, seeds of 64 bits and a tensor's own memory.
 *
 * <p>Nothing else in Kasane touches DJL's internals; an upgrade of DJL is checked by this class's tests.
 */
public final class TorchBridge {
  private static final PyTorchLibrary LIB = PyTorchLibrary.LIB;

  private TorchBridge() {}

  /**
   * Runs a method of a loaded script. Gradients are recorded when the grad mode is on.
   *
   * @param script the block that holds the script
   * @param method the name of a {@code def} in it
   * @param scope the manager that will own the results
   * @param arguments {@link NDArray}, list of NDArray, {@code Long}/{@code Integer}, {@code Double}/
   *     {@code Float}, {@code Boolean}, {@code String}, {@code long[]} or {@code double[]}
   * @return the tensor or tensors that the method returned
   */
  public static NDArray[] call(PtSymbolBlock script, String method, NDManager scope, Object... arguments) {
    return toTensors(invoke(script, method, arguments), (PtNDManager) scope);
  }

  /** Runs a method of a loaded script for what it changes; its result is let go of. */
  public static void run(PtSymbolBlock script, String method, Object... arguments) {
    LIB.torchDeleteIValue(invoke(script, method, arguments));
  }

  /** Runs a method of a loaded script that returns a number or a flag, which is then 1 or 0. */
  public static double number(PtSymbolBlock script, String method, Object... arguments) {
    long result = invoke(script, method, arguments);
    try {
      return LIB.iValueIsBool(result) ? (LIB.iValueToBool(result) ? 1 : 0) : LIB.iValueToDouble(result);
    } finally {
      LIB.torchDeleteIValue(result);
    }
  }

  private static long invoke(PtSymbolBlock script, String method, Object... arguments) {
    long[] handles = new long[arguments.length];
    int filled = 0;
    try {
      for (; filled < arguments.length; filled++) {
        handles[filled] = toIValue(arguments[filled]);
      }
      // train = true in every call: tensors made in inference mode cannot enter a graph later.
      return LIB.moduleRunMethod(script.getHandle(), method, handles, true, false);
    } finally {
      for (int i = 0; i < filled; i++) {
        LIB.torchDeleteIValue(handles[i]);
      }
    }
  }

  private static long toIValue(Object argument) {
    if (argument instanceof NDArray array) {
      return iValueOf(array);
    } else if (argument instanceof Integer || argument instanceof Long) {
      return LIB.iValueFromLong(((Number) argument).longValue());
    } else if (argument instanceof Float || argument instanceof Double) {
      return LIB.iValueFromDouble(((Number) argument).doubleValue());
    } else if (argument instanceof Boolean flag) {
      return LIB.iValueFromBool(flag);
    } else if (argument instanceof String name) {
      return LIB.iValueFromString(name);
    } else if (argument instanceof long[] numbers) {
      return LIB.iValueFromLongList(numbers);
    } else if (argument instanceof double[] numbers) {
      return LIB.iValueFromDoubleList(numbers);
    } else if (argument instanceof List<?> list) {
      return LIB.iValueFromTensorList(list.stream().mapToLong(each -> handle((NDArray) each)).toArray());
    }
    throw new IllegalArgumentException("A script takes tensors, lists of tensors and numbers, not "
        + (argument == null ? "null" : argument.getClass().getName()));
  }

  private static long iValueOf(NDArray array) {
    return LIB.iValueFromTensor(handle(array));
  }

  private static NDArray[] toTensors(long result, PtNDManager scope) {
    try {
      if (LIB.iValueIsTensor(result)) {
        return new NDArray[] {new PtNDArray(scope, LIB.iValueToTensor(result))};
      } else if (LIB.iValueIsTensorList(result)) {
        return Arrays.stream(LIB.iValueToTensorList(result))
            .mapToObj(handle -> new PtNDArray(scope, handle)).toArray(NDArray[]::new);
      } else if (LIB.iValueIsTuple(result)) {
        return fromTuple(LIB.iValueToIValueTuple(result), scope);
      }
      return new NDArray[0];
    } finally {
      LIB.torchDeleteIValue(result);
    }
  }

  private static NDArray[] fromTuple(long[] elements, PtNDManager scope) {
    NDArray[] tensors = new NDArray[elements.length];
    for (int i = 0; i < elements.length; i++) {
      tensors[i] = new PtNDArray(scope, LIB.iValueToTensor(elements[i]));
      LIB.torchDeleteIValue(elements[i]);
    }
    return tensors;
  }

  /**
   * Adds the gradients of {@code output · gradient} to every leaf of the output's graph and frees the graph.
   *
   * @param output any tensor with a graph
   * @param gradient the gradient from what follows, of the output's shape
   */
  public static void backward(NDArray output, NDArray gradient) {
    LIB.torchBackward(handle(output), handle(gradient), false, false);
  }

  /**
   * What backward has added up on a leaf. DJL's own getter makes a tensor of zeros where there is nothing.
   *
   * @param leaf a tensor that requires gradients
   * @param scope the manager that will own the result, which shares the leaf's memory
   * @return empty when no backward has reached the leaf
   */
  public static Optional<NDArray> gradient(NDArray leaf, NDManager scope) {
    long gradient = LIB.torchGrad(handle(leaf));
    return gradient == 0 ? Optional.empty() : Optional.of(new PtNDArray((PtNDManager) scope, gradient));
  }

  /** Returns whether operators record gradients on this thread. */
  public static boolean gradMode() {
    return LIB.torchIsGradMode();
  }

  /** Switches the recording of gradients on this thread. */
  public static void gradMode(boolean on) {
    LIB.torchSetGradMode(on);
  }

  /** Seeds libtorch's default CPU (and CUDA) generators. */
  public static void seed(long seed) {
    LIB.torchManualSeed(seed);
  }

  /** Sets how many threads one operator may use. */
  public static void threads(int count) {
    LIB.torchSetNumThreads(count);
  }

  /** Returns how many threads one operator may use. */
  public static int threads() {
    return LIB.torchGetNumThreads();
  }

  /** Whether a leaf collects gradients. DJL answers no for whatever was computed, graph or not. */
  public static boolean requiresGradient(NDArray array) {
    return LIB.torchRequiresGrad(handle(array));
  }

  /**
   * Returns the memory of a contiguous tensor itself, in the machine's byte order.
   *
   * <p>The buffer is valid while the tensor is open and no longer.
   */
  public static ByteBuffer memory(NDArray array) {
    return LIB.torchDirectByteBuffer(handle(array)).order(ByteOrder.nativeOrder());
  }

  private static long handle(NDArray array) {
    return ((PtNDArray) array).getHandle();
  }
}
