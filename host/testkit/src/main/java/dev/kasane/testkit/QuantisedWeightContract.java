package dev.kasane.testkit;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every quantised storage must keep. A subclass says how to quantise and how far a number may move.
 */
public abstract class QuantisedWeightContract {
  private static final double ROUNDING = 1e-5;

  private final NDManager scope = Engines.newManager();

  /**
   * Quantises.
   *
   * @param dense a contiguous tensor, float32, float16 or bfloat16
   * @param owner owner of the result
   */
  protected abstract FrozenWeight quantise(NDArray dense, NDManager owner);

  /** The largest error of a number, as a share of the tensor's largest magnitude. */
  protected abstract double largestError();

  @AfterEach
  void closeScope() {
    scope.close();
  }

  private NDArray random(DataType type, long... shape) {
    Engines.seed(7);
    return OPS.cast(scope.randomNormal(0f, 0.05f, new Shape(shape), DataType.FLOAT32), type);
  }

  @Test
  void numbersStayNearInEveryTypeAndShape() {
    for (DataType type : new DataType[] {DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16}) {
      for (long[] shape : new long[][] {{1, 1}, {3, 5}, {7, 129}, {64, 64}, {8, 3, 3, 3}, {33, 100}}) {
        NDArray dense = random(type, shape);
        FrozenWeight weight = quantise(dense, scope);
        assertThat(weight.shape()).isEqualTo(dense.getShape());
        NDArray back = weight.materialise(scope);
        assertThat(Ops.typeOf(back)).isEqualTo(type);
        float[] expected = OPS.cast(dense, DataType.FLOAT32).toFloatArray();
        float[] found = OPS.cast(back, DataType.FLOAT32).toFloatArray();
        double allowed = largest(expected) * (largestError() + 0.01);
        for (int i = 0; i < expected.length; i++) {
          assertThat(Math.abs(found[i] - expected[i])).isLessThanOrEqualTo((float) allowed);
        }
      }
    }
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @Test
  void holdsLessThanHalfOfFloat32() {
    NDArray dense = random(DataType.FLOAT32, 128, 256);
    assertThat(quantise(dense, scope).bytes()).isLessThan(128 * 256 * 4 / 2).isPositive();
    assertThat(quantise(dense, scope).storage()).isNotBlank().isNotEqualTo("float32");
  }

  @Test
  void theSameNumbersGiveTheSameWeight() {
    NDArray dense = random(DataType.FLOAT32, 40, 72);
    assertThat(quantise(dense, scope).materialise(scope).toFloatArray())
        .containsExactly(quantise(dense, scope).materialise(scope).toFloatArray());
  }

  @Test
  void zerosStayZeros() {
    float[] found = quantise(scope.zeros(new Shape(9, 70)), scope).materialise(scope).toFloatArray();
    for (float value : found) {
      assertThat(Math.abs(value)).isZero();
    }
  }

  @Test
  void whatIsNotFiniteIsRefused() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      NDArray dense = random(DataType.FLOAT32, 8, 64);
      TorchBridge.memory(dense).putFloat(4 * 77, bad);
      assertThatThrownBy(() -> quantise(dense, scope)).isInstanceOf(UserException.class)
          .hasMessageContaining(String.valueOf(bad)).hasMessageContaining("77");
    }
  }

  @Test
  void aLinearLayerMultipliesWithTheDenseWeight() {
    for (int rows : new int[] {1, 2, 4, 5, 17}) {
      FrozenWeight weight = quantise(random(DataType.FLOAT32, 48, 128), scope);
      NDArray x = random(DataType.FLOAT32, 1, rows, 128);
      NDArray bias = random(DataType.FLOAT32, 48);
      try (GradMode off = GradMode.off()) {
        same(weight.linear(x, bias), OPS.linear(x, weight.materialise(scope), bias));
        same(weight.linear(x, null), OPS.linear(x, weight.materialise(scope)));
      }
    }
  }

  @Test
  void aConvolutionRunsOnTheDenseWeight() {
    FrozenWeight weight = quantise(random(DataType.FLOAT32, 6, 5, 3, 3), scope);
    NDArray x = random(DataType.FLOAT32, 2, 5, 8, 8);
    same(weight.apply(scope, dense -> OPS.conv2d(x, dense, 1, 1)),
        OPS.conv2d(x, weight.materialise(scope), 1, 1));
  }

  @Test
  void gradientsFlowThroughALinearLayer() {
    FrozenWeight weight = quantise(random(DataType.FLOAT32, 24, 64), scope);
    NDArray x = random(DataType.FLOAT32, 3, 64);
    x.setRequiresGradient(true);
    NDArray given = random(DataType.FLOAT32, 3, 24);
    try (GradMode on = GradMode.on()) {
      TorchBridge.backward(weight.linear(x, null), given);
    }
    NDArray expected = given.matMul(weight.materialise(scope));
    same(TorchBridge.gradient(x, scope).orElseThrow(), expected);
  }

  @Test
  void aDenseCopyIsTheCallersOwn() {
    FrozenWeight weight = quantise(random(DataType.FLOAT32, 8, 64), scope);
    NDArray copy = weight.materialise(scope);
    float[] before = copy.toFloatArray();
    OPS.addScaled(copy, copy, -1);
    assertThat(weight.materialise(scope).toFloatArray()).containsExactly(before);
  }

  private static void same(NDArray found, NDArray expected) {
    assertThat(found.getShape()).isEqualTo(expected.getShape());
    float[] a = found.toFloatArray();
    float[] b = expected.toFloatArray();
    double allowed = ROUNDING * (1 + largest(b));
    for (int i = 0; i < a.length; i++) {
      assertThat((double) Math.abs(a[i] - b[i])).isLessThanOrEqualTo(allowed);
    }
  }
}
