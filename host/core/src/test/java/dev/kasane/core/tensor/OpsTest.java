package dev.kasane.core.tensor;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.pytorch.jni.TorchBridge;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpsTest {
  @Test
  void linearIsDifferentiable() {
    try (NDManager scope = Engines.newManager(); GradMode on = GradMode.on()) {
      NDArray x = scope.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
      NDArray weight = scope.create(new float[] {1, 0, 0, 1, 1, 1}, new Shape(3, 2));
      weight.setRequiresGradient(true);
      NDArray y = OPS.linear(x, weight);
      assertThat(y.toFloatArray()).containsExactly(1, 2, 3, 3, 4, 7);
      TorchBridge.backward(y, y.onesLike());
      assertThat(weight.getGradient().toFloatArray()).containsExactly(4, 6, 4, 6, 4, 6);
    }
  }

  /** What a graph keeps must not lie in memory of the virtual machine that nothing holds any more. */
  @Test
  void aFactorIsStillItselfWhenTheCollectorHasRun() {
    try (NDManager scope = Engines.newManager(); GradMode on = GradMode.on()) {
      NDArray weight = scope.ones(new Shape(3));
      weight.setRequiresGradient(true);
      List<NDArray> results = IntStream.range(0, 200).mapToObj(i -> OPS.scale(weight, 0.5)).toList();
      collectBuffers();
      results.forEach(each -> TorchBridge.backward(each, each.onesLike()));
      assertThat(weight.getGradient().toFloatArray()).containsOnly(100);
    }
  }

  /** Collects until the direct buffers that nothing holds are gone. */
  private static void collectBuffers() {
    BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct")).findFirst().orElseThrow();
    long most = direct.getCount() + 50;
    IntStream.range(0, 100).forEach(i -> ByteBuffer.allocateDirect(8));
    for (int i = 0; i < 1000 && direct.getCount() >= most; i++) {
      System.gc();
    }
    assertThat(direct.getCount()).as("direct buffers").isLessThan(most);
  }

  @Test
  void everyOperatorRunsInBothTypes() {
    try (NDManager scope = Engines.newManager()) {
      for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
        TorchBridge.seed(1);
        NDArray x = OPS.cast(Ops.randomNormal(scope, new Shape(2, 8, 4, 4)), type);
        NDArray ones = scope.ones(new Shape(8));
        NDArray zeros = scope.zeros(new Shape(8));
        NDArray kernel = Ops.randomNormal(scope, new Shape(6, 8, 3, 3));
        assertThat(OPS.conv2d(OPS.groupNormSilu(x, 4, ones, zeros, 1e-5), kernel, 2, 1).getShape())
            .isEqualTo(new Shape(2, 6, 2, 2));
        assertThat(Ops.typeOf(OPS.upsampleNearest(x, 8, 8))).isEqualTo(type);
        NDArray tokens = x.reshape(2, 8, 16).transpose(0, 2, 1);
        NDArray out = OPS.attention(OPS.layerNorm(tokens, ones, zeros, 1e-5), tokens, tokens, 2, true);
        assertThat(out.getShape()).isEqualTo(new Shape(2, 16, 8));
        assertThat(OPS.geglu(out).getShape()).isEqualTo(new Shape(2, 16, 4));
        assertThat(OPS.padRightBottom(x).getShape()).isEqualTo(new Shape(2, 8, 5, 5));
      }
    }
  }

  @Test
  void operatorsThatSaveMemoryWithoutGradientsGiveTheSameBitsAndLeaveTheirInputAlone() {
    try (NDManager scope = Engines.newManager()) {
      NDArray x = Ops.randomNormal(scope, new Shape(2, 8, 4, 4));
      float[] before = x.toFloatArray();
      x.setRequiresGradient(true);
      assertSameWithoutGradients(() -> OPS.geglu(x));
      assertSameWithoutGradients(
          () -> OPS.groupNormSilu(x, 4, scope.ones(new Shape(8)), scope.zeros(new Shape(8)), 1e-5));
      assertThat(x.toFloatArray()).containsExactly(before);
    }
  }

  private static void assertSameWithoutGradients(Supplier<NDArray> operator) {
    float[] recorded;
    try (GradMode on = GradMode.on()) {
      recorded = operator.get().toFloatArray();
    }
    try (GradMode off = GradMode.off()) {
      assertThat(operator.get().toFloatArray()).containsExactly(recorded);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,true", "2,true", "3,true", "1,false", "2,false"})
  void aConvolutionOfOnePositionIsThatOfDjlForwardAndBackward(int batch, boolean biased) {
    try (NDManager scope = Engines.newManager(); GradMode on = GradMode.on()) {
      NDArray x = Ops.randomNormal(scope, new Shape(batch, 8, 5, 3));
      NDArray weight = Ops.randomNormal(scope, new Shape(6, 8, 1, 1));
      NDArray bias = biased ? Ops.randomNormal(scope, new Shape(6)) : scope.zeros(new Shape(6));
      NDArray gradient = Ops.randomNormal(scope, new Shape(batch, 6, 5, 3));
      List.of(x, weight).forEach(leaf -> leaf.setRequiresGradient(true));
      NDArray expected = Conv2d.conv2d(x, weight, bias).singletonOrThrow();
      List<float[]> wanted = gradients(expected, gradient, x, weight);
      NDArray found = OPS.conv2d(x, weight, biased ? bias : null, 1, 0);
      assertThat(found.toFloatArray()).containsExactly(expected.toFloatArray(), within(1e-5f));
      List<float[]> reached = gradients(found, gradient, x, weight);
      assertThat(reached.get(0)).containsExactly(wanted.get(0), within(1e-5f));
      assertThat(reached.get(1)).containsExactly(wanted.get(1), within(1e-4f));
    }
  }

  private static List<float[]> gradients(NDArray y, NDArray gradient, NDArray... leaves) {
    TorchBridge.backward(y, gradient);
    return Arrays.stream(leaves).map(leaf -> {
      float[] values = leaf.getGradient().toFloatArray();
      leaf.getGradient().muli(0);
      return values;
    }).toList();
  }

  /** libtorch refuses to go backward through an operator whose kept input has been changed since. */
  @Test
  void frozenProductsKeepNothingOfTheirInput() {
    try (NDManager scope = Engines.newManager(); GradMode on = GradMode.on()) {
      NDArray picture = Ops.randomNormal(scope, new Shape(2, 8, 4, 4));
      NDArray tokens = Ops.randomNormal(scope, new Shape(2, 16, 8));
      NDArray frozen = Ops.randomNormal(scope, new Shape(6, 8));
      NDArray bias = scope.zeros(new Shape(6));
      assertThatCode(() -> backwardAfterChange(picture, x -> OPS.conv2d(x, frozen.reshape(6, 8, 1, 1), bias, 1, 0)))
          .doesNotThrowAnyException();
      assertThatCode(() -> backwardAfterChange(tokens, x -> OPS.linear(x, frozen, bias)))
          .doesNotThrowAnyException();
      NDArray kernel = Ops.randomNormal(scope, new Shape(6, 8, 3, 3));
      assertThatThrownBy(() -> backwardAfterChange(picture, x -> OPS.conv2d(x, kernel, bias, 1, 1)))
          .hasMessageContaining("modified by an inplace operation");
    }
  }

  private static void backwardAfterChange(NDArray leaf, UnaryOperator<NDArray> operator) {
    leaf.setRequiresGradient(true);
    NDArray x = OPS.scale(leaf, 2);
    NDArray y = operator.apply(x);
    OPS.addScaled(x, x.onesLike(), 1);
    TorchBridge.backward(y, y.onesLike());
  }

  @Test
  void addingInPlaceReturnsTheVeryTensor() {
    try (NDManager scope = Engines.newManager()) {
      NDArray y = scope.create(new float[] {1, 2});
      NDArray delta = scope.create(new float[] {10, 20});
      int open = scope.getManagedArrays().size();
      assertThat(OPS.addScaled(y, delta, 0.5) == y).isTrue();
      assertThat(y.toFloatArray()).containsExactly(6, 12);
      assertThat(scope.getManagedArrays()).hasSize(open);
    }
  }

  @Test
  void gradModeComesBack() {
    boolean before = TorchBridge.gradMode();
    try (GradMode off = GradMode.off()) {
      assertThat(TorchBridge.gradMode()).isFalse();
    }
    assertThat(TorchBridge.gradMode()).isEqualTo(before);
  }

  @Test
  void seedsGiveTheSameNumbers() {
    try (NDManager scope = Engines.newManager()) {
      TorchBridge.seed(1L << 40);
      float[] first = Ops.randomNormal(scope, new Shape(20)).toFloatArray();
      TorchBridge.seed(1L << 40);
      assertThat(Ops.randomNormal(scope, new Shape(20)).toFloatArray()).containsExactly(first);
    }
  }

  @Test
  void reinterpretsBytesAndChangesNone() {
    try (NDManager scope = Engines.newManager()) {
      NDArray x = scope.create(new float[] {1, -2.5f, 3}, new Shape(3, 1));
      NDArray brain = OPS.cast(x, DataType.BFLOAT16);
      NDArray half = OPS.reinterpret(brain, DataType.FLOAT16);
      assertThat(half.getDataType()).isEqualTo(DataType.FLOAT16);
      assertThat(OPS.cast(OPS.reinterpret(half, DataType.BFLOAT16), DataType.FLOAT32).toFloatArray())
          .containsExactly(1, -2.5f, 3);
    }
  }
}
