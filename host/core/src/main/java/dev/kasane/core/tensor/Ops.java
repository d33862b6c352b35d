package dev.kasane.core.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * The operators that every model shares, differentiable, over libtorch.
 *
 * <p>A result belongs to the manager of the activation {@code x}, so that everything a step computes lives
 * in the step's scope. Weights are cast to the type of {@code x}. Numbers are handed over as numbers, see
 * {@link #scale}.
 */
public final class Ops {
  private static final TorchScript SCRIPT = TorchScript.load(Ops.class, "ops.ts.py");

  private Ops() {}

  /**
   * x·Wᵀ + b.
   *
   * @param x (…, in)
   * @param weight (out, in)
   * @param bias (out) or null
   */
  public static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
    return bias == null ? SCRIPT.call("linear", x, weight) : SCRIPT.call("linear_bias", x, weight, bias);
  }

  /**
   * Two-dimensional convolution.
   *
   * @param x (batch, in, height, width)
   * @param weight (out, in, k, k)
   * @param bias (out) or null
   * @param stride step in both directions
   * @param padding zeros around the picture
   */
  public static NDArray conv2d(NDArray x, NDArray weight, NDArray bias, int stride, int padding) {
    long[] strides = {stride, stride};
    long[] paddings = {padding, padding};
    return bias == null
        ? SCRIPT.call("conv2d", x, weight, strides, paddings)
        : SCRIPT.call("conv2d_bias", x, weight, bias, strides, paddings);
  }

  /** Group normalisation over (batch, channels, …). */
  public static NDArray groupNorm(NDArray x, int groups, NDArray weight, NDArray bias, double epsilon) {
    return SCRIPT.call("group_norm", x, groups, weight, bias, epsilon);
  }

  /** Group normalisation followed by SiLU, in one call. */
  public static NDArray groupNormSilu(NDArray x, int groups, NDArray weight, NDArray bias, double epsilon) {
    return SCRIPT.call("group_norm_silu", x, groups, weight, bias, epsilon);
  }

  /** Layer normalisation over the last axis. */
  public static NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, double epsilon) {
    return SCRIPT.call("layer_norm", x, weight, bias, epsilon);
  }

  /**
   * Root-mean-square normalisation over the last axis (Zhang & Sennrich 2019), computed in float32.
   *
   * @param x (…, width)
   * @param weight (width)
   * @param epsilon added to the mean square
   * @param fromOne whether the scale is 1 + weight, in float32 (Gemma), rather than the weight, in x's type
   */
  public static NDArray rmsNorm(NDArray x, NDArray weight, double epsilon, boolean fromOne) {
    return SCRIPT.call("rms_norm", x, weight, epsilon, fromOne);
  }

  /** x·σ(x). */
  public static NDArray silu(NDArray x) {
    return SCRIPT.call("silu", x);
  }

  /** The exact (erf) GELU. */
  public static NDArray gelu(NDArray x) {
    return SCRIPT.call("gelu", x);
  }

  /** x·σ(1.702 x), CLIP's approximation of GELU. */
  public static NDArray quickGelu(NDArray x) {
    return SCRIPT.call("quick_gelu", x);
  }

  /** Splits the last axis in value and gate: value · GELU(gate). */
  public static NDArray geglu(NDArray x) {
    return SCRIPT.call("geglu", x);
  }

  /**
   * Rows of a table; the result belongs to the manager of {@code ids}.
   *
   * @param table (entries, width)
   * @param ids any shape, 64-bit integers
   */
  public static NDArray embedding(NDArray table, NDArray ids) {
    return SCRIPT.callAll("embedding", ids.getManager(), table, ids)[0];
  }

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
  public static NDArray attention(NDArray query, NDArray key, NDArray value, int heads, boolean causal) {
    return SCRIPT.call("attention", query, key, value, heads, causal);
  }

  /** Nearest-neighbour resize of (batch, channels, h, w). */
  public static NDArray upsampleNearest(NDArray x, long height, long width) {
    return SCRIPT.call("upsample_nearest", x, height, width);
  }

  /** One row and one column of zeros at the right and the bottom. */
  public static NDArray padRightBottom(NDArray x) {
    return SCRIPT.call("pad_right_bottom", x);
  }

  /**
   * Casts with gradients. DJL's own {@code toType} aborts the process on bfloat16; this does not.
   */
  public static NDArray cast(NDArray x, DataType type) {
    return typeOf(x) == type ? x : SCRIPT.call("cast", x, ElementType.of(type).scalarType());
  }

  /** The type of a tensor's elements. DJL knows no bfloat16 inside libtorch and calls it unknown. */
  public static DataType typeOf(NDArray x) {
    return x.getDataType() == DataType.UNKNOWN ? DataType.BFLOAT16 : x.getDataType();
  }

  /**
   * The same bytes seen as another type of the same size, for types that DJL cannot create from a buffer.
   */
  public static NDArray reinterpret(NDArray x, DataType type) {
    return SCRIPT.call("reinterpret", x, ElementType.of(type).scalarType());
  }

  /**
   * The same memory as a tensor of its own, without a graph: closing one of the two leaves the other.
   *
   * @param x a tensor, which stays where it is
   * @param scope owner of the result
   */
  public static NDArray alias(NDArray x, NDManager scope) {
    NDArray alias = x.stopGradient();
    alias.attach(scope);
    return alias;
  }

  /**
   * A tensor in the first bytes of another's memory, which both then share.
   *
   * @param memory a contiguous tensor of any type, with room for the result
   * @param type of the result
   * @param shape of the result
   * @param scope owner of the result
   */
  public static NDArray over(NDArray memory, DataType type, Shape shape, NDManager scope) {
    return over(memory, 0, type, shape, scope);
  }

  /** As {@link #over}, from element {@code first} on, counted in {@code type}. */
  static NDArray over(NDArray memory, long first, DataType type, Shape shape, NDManager scope) {
    return SCRIPT.callAll("over", scope, memory, first, ElementType.of(type).scalarType(), shape.getShape())[0];
  }

  /** Gives {@code y} the values of {@code x}, which has its shape and any type, and returns {@code y}. */
  static NDArray assign(NDArray y, NDArray x) {
    SCRIPT.call("assign_", y, x).close();
    return y;
  }

  /** Casts to the type of another tensor, with gradients. */
  public static NDArray castLike(NDArray x, NDArray like) {
    return typeOf(x) == typeOf(like) ? x : SCRIPT.call("cast_like", x, like);
  }

  /** Zeroes elements with probability {@code p} and scales the others by 1/(1−p). */
  public static NDArray dropout(NDArray x, double p) {
    return SCRIPT.call("dropout", x, p);
  }

  /**
   * x·factor. DJL's own {@code mul} of a number makes a tensor over memory of the virtual machine and closes it at once:
   * where gradients are recorded, backward reads that number later, from memory that may have been collected.
   */
  public static NDArray scale(NDArray x, double factor) {
    return SCRIPT.call("scale", x, factor);
  }

  /** Adds {@code scale · delta} to {@code y} in place and returns {@code y}. */
  public static NDArray addScaled(NDArray y, NDArray delta, double scale) {
    // The result is y under another handle, which would keep the memory after y is closed.
    SCRIPT.call("add_scaled_", y, delta, scale).close();
    return y;
  }

  /** Adds {@code scale}·x·downᵀ·upᵀ to {@code y} in place and returns {@code y}, for linear layers. */
  public static NDArray addLowRank(NDArray y, NDArray x, NDArray down, NDArray up, double scale) {
    SCRIPT.call("add_low_rank_", y, x, down, up, scale).close();
    return y;
  }

  /** Adds {@code scale}·x·weightᵀ to {@code y} in place and returns {@code y}, for linear layers. */
  public static NDArray addProduct(NDArray y, NDArray x, NDArray weight, double scale) {
    SCRIPT.call("add_product_", y, x, weight, scale).close();
    return y;
  }

  /**
   * Some of a tensor's rows.
   *
   * @param x (rows, …)
   * @param numbers which, 64-bit integers
   */
  public static NDArray rows(NDArray x, NDArray numbers) {
    return SCRIPT.call("rows", x, numbers);
  }

  /**
   * Adds to some of a tensor's rows in place and returns the tensor.
   *
   * @param y (rows, …)
   * @param numbers which, each at most once
   * @param delta a row for each number
   */
  public static NDArray addRows(NDArray y, NDArray numbers, NDArray delta) {
    SCRIPT.call("add_rows_", y, numbers, delta).close();
    return y;
  }

  /** Standard normal numbers from libtorch's default generator, float32. */
  public static NDArray randomNormal(NDManager scope, Shape shape) {
    return scope.randomNormal(0f, 1f, shape, DataType.FLOAT32);
  }
}
