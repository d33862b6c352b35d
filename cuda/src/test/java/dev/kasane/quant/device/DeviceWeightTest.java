package dev.kasane.quant.device;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.quant.AdaptedChain;
import dev.kasane.quant.DecodedWeight;
import dev.kasane.quant.FourBitWeight;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.QuantisationSettings.Kind;
import dev.kasane.quant.QuantisedWeight;
import dev.kasane.quant.Quantizer;
import dev.kasane.quant.cuda.DeviceKernels;
import dev.kasane.quant.cuda.KernelLauncher;
import dev.kasane.quant.cuda.QuantKernels;
import dev.kasane.quant.cuda.ShimLauncher;
import dev.kasane.quant.format.NestedScales;
import dev.kasane.testkit.QuantisedWeightContract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that kernels decode and multiply; the device is the CPU, whose kernels are the same sources as C++. */
class DeviceWeightTest {
  private static final KernelLauncher SHIM = new ShimLauncher(ShimLauncher.Order.SHUFFLED);
  private static final DataType[] TYPES = {DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16};
  private static final QuantisationSettings[] SETTINGS = {
      new QuantisationSettings(Kind.NF4, 64, false), new QuantisationSettings(Kind.NF4, 64, true),
      new QuantisationSettings(Kind.NF4, 4096, true), new QuantisationSettings(Kind.FP4, 32, false),
      new QuantisationSettings(Kind.FP4, 128, true), new QuantisationSettings(Kind.INT8, 64, false)};

  private final NDManager scope = Engines.newManager();
  private final List<String> launched = new ArrayList<>();

  /** Notes the kernels that run. */
  private final DeviceKernels kernels = kernels((file, kernel, x, y, arguments) -> {
    launched.add(kernel);
    SHIM.launch(file, kernel, x, y, arguments);
  }, true);

  private static DeviceKernels kernels(KernelLauncher launcher, boolean fusedProducts) {
    return new DeviceKernels(new QuantKernels(launcher), fusedProducts);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  abstract static class Storage extends QuantisedWeightContract {
    private final QuantisationSettings settings;
    private final double error;

    Storage(QuantisationSettings settings, double error) {
      this.settings = settings;
      this.error = error;
    }

    @Override
    protected FrozenWeight quantise(NDArray dense, NDManager owner) {
      return DeviceWeights.of(Quantizer.quantise("weight", dense, settings, owner), owner, kernels(SHIM, true));
    }

    @Override
    protected double largestError() {
      return error;
    }
  }

  @Nested
  class Nf4Double extends Storage {
    Nf4Double() {
      super(SETTINGS[1], 0.2);
    }
  }

  @Nested
  class Fp4 extends Storage {
    Fp4() {
      super(SETTINGS[3], 1.0 / 6);
    }
  }

  @Nested
  class Int8 extends Storage {
    Int8() {
      super(SETTINGS[5], 0.5 / 127);
    }
  }

  @Test
  void decodesTheBitsOfTheCpuPath() {
    for (QuantisationSettings settings : SETTINGS) {
      for (DataType type : TYPES) {
        for (long[] shape : new long[][] {{1, 1}, {7, 129}, {8, 3, 3, 3}, {130, 256}}) {
          QuantisedWeight weight = Quantizer.quantise("w", random(type, shape), settings, scope);
          DecodedWeight onDevice = DeviceWeights.of(weight, scope, kernels);
          NDArray found = onDevice.materialise(scope);
          assertThat(Ops.typeOf(found)).isEqualTo(type);
          assertThat(floats(found)).containsExactly(floats(weight.materialise(scope)));
          assertThat(onDevice.bytes()).isLessThanOrEqualTo(weight.bytes() + Float.BYTES);
        }
      }
    }
    assertThat(launched).hasSize(SETTINGS.length * TYPES.length * 4).allMatch(each -> each.startsWith("dequantise_"));
  }

  @Test
  void restoresScalesInNestedBlocksThatNoKernelKnows() {
    FourBitWeight weight =
        (FourBitWeight) Quantizer.quantise("w", random(DataType.FLOAT32, 100, 64), SETTINGS[0], scope);
    byte[] codes = new byte[weight.blocks().scales().count()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (i * 7);
    }
    float[] map = new float[256];
    for (int i = 0; i < map.length; i++) {
      map[i] = i / 256f;
    }
    float[] absmax = {0.1f, 0.2f, 0.4f, 0.8f};
    FourBitWeight nested = new FourBitWeight(weight.shape(), weight.type(), weight.codes(),
        weight.blocks().nested(new NestedScales(codes, map, absmax, 0.03f, 32)));
    assertThat(floats(DeviceWeights.of(nested, scope, kernels).materialise(scope)))
        .containsExactly(floats(nested.materialise(scope)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 9, 32})
  void fewRowsAreMultipliedWithoutADenseCopy(int rows) {
    for (DataType type : new DataType[] {DataType.FLOAT16, DataType.BFLOAT16}) {
      for (QuantisationSettings settings : List.of(SETTINGS[0], SETTINGS[1], SETTINGS[4])) {
        DecodedWeight weight = onDevice(settings, random(type, 50, 256));
        NDArray x = random(type, 1, rows, 256);
        NDArray bias = random(DataType.FLOAT32, 50);
        launched.clear();
        NDArray y = weight.linear(x, bias);
        assertThat(launched).singleElement().asString().startsWith("multiply_");
        assertThat(y.getShape()).isEqualTo(new Shape(1, rows, 50));
        assertThat(Ops.typeOf(y)).isEqualTo(type);
        assertThat(y.getManager()).isSameAs(x.getManager());
        near(y, OPS.linear(wide(x), wide(weight.materialise(scope)), bias), type);
        near(weight.linear(x, null), OPS.linear(wide(x), wide(weight.materialise(scope))), type);
      }
    }
  }

  @Test
  void aSliceThatBeginsAnywhereIsMultipliedToo() {
    DecodedWeight weight = onDevice(SETTINGS[0], random(DataType.FLOAT16, 16, 64));
    NDArray all = random(DataType.FLOAT16, 130);
    NDArray x = all.get("1:129").reshape(2, 64);
    near(weight.linear(x, null), OPS.linear(wide(x), wide(weight.materialise(scope))), DataType.FLOAT16);
    NDArray columns = random(DataType.FLOAT16, 64, 2).transpose();
    near(weight.linear(columns, null), OPS.linear(wide(columns), wide(weight.materialise(scope))),
        DataType.FLOAT16);
  }

  @Test
  void whatTheProductsDoNotTakeIsDecodedFirst() {
    DecodedWeight weight = onDevice(SETTINGS[0], random(DataType.FLOAT16, 16, 128));
    DecodedWeight ragged = onDevice(SETTINGS[0], random(DataType.FLOAT16, 16, 96));
    DecodedWeight small = onDevice(SETTINGS[3], random(DataType.FLOAT16, 16, 128));
    DecodedWeight old = onDevice(SETTINGS[0], random(DataType.FLOAT16, 16, 128),
        kernels((file, kernel, x, y, arguments) -> {
          launched.add(kernel);
          SHIM.launch(file, kernel, x, y, arguments);
        }, false));
    weight.linear(random(DataType.FLOAT32, 2, 128), null);
    weight.linear(random(DataType.FLOAT16, 33, 128), null);
    ragged.linear(random(DataType.FLOAT16, 2, 96), null);
    small.linear(random(DataType.FLOAT16, 2, 128), null);
    old.linear(random(DataType.FLOAT16, 2, 128), null);
    assertThat(launched).hasSize(5).allMatch(each -> each.startsWith("dequantise_"));
  }

  @Test
  void theGradientOfXIsThatOfTheDenseWeight() {
    for (QuantisationSettings settings : SETTINGS) {
      QuantisedWeight weight = Quantizer.quantise("w", random(DataType.FLOAT32, 24, 128), settings, scope);
      float[] expected = gradient(new DenseWeight(weight.materialise(scope)));
      assertThat(norm(expected)).isPositive();
      assertThat(gradient(DeviceWeights.of(weight, scope, kernels))).containsExactly(expected);
    }
  }

  private float[] gradient(FrozenWeight weight) {
    try (GradMode on = GradMode.on()) {
      NDArray x = random(DataType.FLOAT32, 3, 128).duplicate();
      x.setRequiresGradient(true);
      NDArray y = weight.linear(x, null);
      TorchBridge.backward(y, random(DataType.FLOAT32, 3, 24));
      return TorchBridge.gradient(x, scope).orElseThrow().toFloatArray();
    }
  }

  @Test
  void aChainTrainsSegmentBySegmentAsOnTheCpuPath() {
    int width = 128;
    AdaptedChain chain = new AdaptedChain(width);
    Engines.seed(3);
    chain.layers.forEach(layer -> layer.replaceWeight(new DenseWeight(
        scope.randomNormal(0f, (float) (1.5 / Math.sqrt(width)), new Shape(width, width), DataType.FLOAT32))));
    Quantizer.quantise(chain, SETTINGS[1], Quantizer::isUsual, scope);
    List<NDArray> parameters = chain.adapt(width, scope);
    NDArray x = random(DataType.FLOAT32, 8, width);
    chain.segmented(x, scope);
    List<float[]> expected = takeGradients(parameters);
    assertThat(DeviceWeights.move(chain, scope, kernels)).isEqualTo(AdaptedChain.LAYERS);
    launched.clear();
    chain.segmented(x, scope);
    List<float[]> found = takeGradients(parameters);
    assertThat(launched).hasSizeGreaterThanOrEqualTo(2 * AdaptedChain.LAYERS - 1);
    for (int i = 0; i < found.size(); i++) {
      assertThat(norm(expected.get(i))).isPositive();
      assertThat(found.get(i)).containsExactly(expected.get(i));
    }
  }

  private List<float[]> takeGradients(List<NDArray> parameters) {
    List<float[]> gradients = new ArrayList<>();
    for (NDArray parameter : parameters) {
      NDArray gradient = TorchBridge.gradient(parameter, scope).orElseThrow();
      gradients.add(gradient.toFloatArray());
      gradient.muli(0);
    }
    return gradients;
  }

  private DecodedWeight onDevice(QuantisationSettings settings, NDArray dense) {
    return onDevice(settings, dense, kernels);
  }

  private DecodedWeight onDevice(QuantisationSettings settings, NDArray dense, DeviceKernels kernels) {
    return DeviceWeights.of(Quantizer.quantise("w", dense, settings, scope), scope, kernels);
  }

  private NDArray random(DataType type, long... shape) {
    Engines.seed(shape[0]);
    return OPS.cast(scope.randomNormal(0f, 0.5f, new Shape(shape), DataType.FLOAT32), type);
  }

  private static NDArray wide(NDArray x) {
    return OPS.cast(x, DataType.FLOAT32);
  }

  private static float[] floats(NDArray x) {
    return wide(x).toFloatArray();
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  /** The products round the values of the codes to the type of x, and their result. */
  private static void near(NDArray found, NDArray exact, DataType type) {
    float[] expected = floats(exact);
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    float[] got = floats(found);
    assertThat(got).hasSameSizeAs(expected);
    for (int i = 0; i < got.length; i++) {
      assertThat((double) got[i]).isCloseTo(expected[i], within(largest * (type == DataType.FLOAT16 ? 2e-3 : 1.6e-2)));
    }
  }
}
