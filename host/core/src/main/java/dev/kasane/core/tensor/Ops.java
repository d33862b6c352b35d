package dev.kasane.core.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.function.Function;

/**
 * The operators that every model shares, differentiable, over libtorch.
 *
 * <p>A result belongs to the manager of the activation {@code x}, so that everything a step computes lives
 * in the step's scope. Weights are cast to the type of {@code x}. Numbers are handed over as numbers, see
 * {@link #scale}.
 */
public interface Ops {
  Ops OPS = TorchScript.bind(Ops.class, "ops.ts.py");

  /**
   * x·Wᵀ + b.
   *
   * @param x (…, in)
   * @param weight (out, in)
   * @param bias (out) or null
   */
  default NDArray linear(NDArray x, NDArray weight, NDArray bias) {
    return bias == null ? linear(x, weight) : linearBias(x, weight, bias);
  }

  /** x·Wᵀ. */
  NDArray linear(NDArray x, NDArray weight);

  /** x·Wᵀ + b. */
  NDArray linearBias(NDArray x, NDArray weight, NDArray bias);

  /**
   * Two-dimensional convolution.
   *
   * @param x (batch, in, height, width)
   * @param weight (out, in, k, k)
   * @param bias (out) or null
   * @param stride step in both directions
   * @param padding zeros around the picture
   */
  default NDArray conv2d(NDArray x, NDArray weight, NDArray bias, int stride, int padding) {
    return bias == null ? conv2d(x, weight, stride, padding) : conv2dBias(x, weight, bias, stride, padding);
  }

  /** Two-dimensional convolution without a bias. */
  NDArray conv2d(NDArray x, NDArray weight, int stride, int padding);

  /** Two-dimensional convolution with a bias. */
  NDArray conv2dBias(NDArray x, NDArray weight, NDArray bias, int stride, int padding);

  /** Group normalisation over (batch, channels, …). */
  NDArray groupNorm(NDArray x, int groups, NDArray weight, NDArray bias, double epsilon);

  /** Group normalisation followed by SiLU, in one call. */
  NDArray groupNormSilu(NDArray x, int groups, NDArray weight, NDArray bias, double epsilon);

  /** Layer normalisation over the last axis. */
  NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, double epsilon);

  /**
   * Root-mean-square normalisation over the last axis (Zhang & Sennrich 2019), computed in float32.
   *
   * @param x (…, width)
   * @param weight (width)
   * @param epsilon added to the mean square
   * @param fromOne whether the scale is 1 + weight, in float32 (Gemma), rather than the weight, in x's type
   */
  NDArray rmsNorm(NDArray x, NDArray weight, double epsilon, boolean fromOne);

  /** x·σ(x). */
  NDArray silu(NDArray x);

  /** The exact (erf) GELU. */
  NDArray gelu(NDArray x);

  /** x·σ(1.702 x), CLIP's approximation of GELU. */
  NDArray quickGelu(NDArray x);

  /** Splits the last axis in value and gate: value · GELU(gate). */
  NDArray geglu(NDArray x);

  /**
   * Rows of a table.
   *
   * @param ids any shape, 64-bit integers; the result belongs to their manager
   * @param table (entries, width)
   */
  NDArray embedding(NDArray ids, NDArray table);

  /**
   * Scaled dot-product attention.
   *
   * @param query (batch, queries, heads·width)
   * @param key (batch, keys, heads·width)
   * @param value (batch, keys, heads·width)
   * @param heads number of heads
   * @param causal whether a query sees only keys up to its own position
   * @return (batch, queries, heads·width)
   */
  NDArray attention(NDArray query, NDArray key, NDArray value, int heads, boolean causal);

  /** Nearest-neighbour resize of (batch, channels, h, w). */
  NDArray upsampleNearest(NDArray x, long height, long width);

  /** One row and one column of zeros at the right and the bottom. */
  NDArray padRightBottom(NDArray x);

  /** Casts with gradients; a tensor of that type is returned as it is. */
  default NDArray cast(NDArray x, DataType type) {
    return typeOf(x) == type ? x : converted(x, type);
  }

  /** Casts to the type of another tensor, as {@link #cast} does. */
  default NDArray castLike(NDArray x, NDArray like) {
    return cast(x, typeOf(like));
  }

  /** Casts with gradients. DJL's own {@code toType} aborts the process on bfloat16; this does not. */
  NDArray converted(NDArray x, DataType type);

  /** The type of a tensor's elements. DJL knows no bfloat16 inside libtorch and calls it unknown. */
  static DataType typeOf(NDArray x) {
    return x.getDataType() == DataType.UNKNOWN ? DataType.BFLOAT16 : x.getDataType();
  }

  /**
   * The same bytes seen as another type of the same size, for types that DJL cannot create from a buffer.
   */
  NDArray reinterpret(NDArray x, DataType type);

  /**
   * The same memory as a tensor of its own, without a graph: closing one of the two leaves the other.
   *
   * @param x a tensor, which stays where it is
   * @param scope owner of the result
   */
  static NDArray alias(NDArray x, NDManager scope) {
    NDArray alias = x.stopGradient();
    alias.attach(scope);
    return alias;
  }

  /**
   * A tensor in another's memory, which both then share.
   *
   * @param scope owner of the result
   * @param memory a contiguous tensor of any type, with room for the result
   * @param first where the result begins, in elements of {@code type}
   * @param type of the result
   * @param shape of the result
   */
  NDArray over(NDManager scope, NDArray memory, long first, DataType type, Shape shape);

  /** Gives {@code y} the values of {@code x}, of its shape and of any type and device, and returns {@code y}. */
  @AcrossDevices
  NDArray assign(NDArray y, NDArray x);

  /** Zeroes elements with probability {@code p} and scales the others by 1/(1−p). */
  NDArray dropout(NDArray x, double p);

  /**
   * x·factor. DJL's own {@code mul} of a number makes a tensor over memory of the virtual machine and closes it at once:
   * where gradients are recorded, backward reads that number later, from memory that may have been collected.
   */
  NDArray scale(NDArray x, double factor);

  /** Adds {@code scale · delta} to {@code y} in place and returns {@code y}. */
  NDArray addScaled(NDArray y, NDArray delta, double scale);

  /** Adds {@code scale}·x·downᵀ·upᵀ to {@code y} in place and returns {@code y}, for linear layers. */
  NDArray addLowRank(NDArray y, NDArray x, NDArray down, NDArray up, double scale);

  /** Adds {@code scale}·x·weightᵀ to {@code y} in place and returns {@code y}, for linear layers. */
  NDArray addProduct(NDArray y, NDArray x, NDArray weight, double scale);

  /**
   * Some of a tensor's rows.
   *
   * @param x (rows, …)
   * @param numbers which, 64-bit integers
   */
  NDArray rows(NDArray x, NDArray numbers);

  /**
   * Adds to some of a tensor's rows in place and returns the tensor.
   *
   * @param y (rows, …)
   * @param numbers which, each at most once
   * @param delta a row for each number
   */
  NDArray addRows(NDArray y, NDArray numbers, NDArray delta);

  /** A copy on a device, or the tensor under a second handle when it lies there. */
  @AcrossDevices
  NDArray moved(NDManager scope, NDArray x, Device device);

  /**
   * A tensor on the device of a manager: {@code x} itself, with its owner, when it lies there, else a copy.
   *
   * @param scope owner of a copy
   * @param x a tensor on any device
   */
  static NDArray placed(NDManager scope, NDArray x) {
    Device device = scope.getDevice();
    return x.getDevice().equals(device) ? x : OPS.moved(scope, x, device);
  }

  /**
   * What is made on the host whatever the device, so that random numbers are the same on every one.
   *
   * @param scope owner of the result, on its device
   * @param maker makes a tensor with a manager on the host
   */
  static NDArray fromHost(NDManager scope, Function<NDManager, NDArray> maker) {
    if (scope.getDevice().equals(Device.cpu())) {
      return maker.apply(scope);
    }
    try (NDManager host = scope.newSubManager(Device.cpu())) {
      return placed(scope, maker.apply(host));
    }
  }

  /** Standard normal numbers from libtorch's default generator on the CPU, float32. */
  static NDArray randomNormal(NDManager scope, Shape shape) {
    return fromHost(scope, host -> host.randomNormal(0f, 1f, shape, DataType.FLOAT32));
  }
}
