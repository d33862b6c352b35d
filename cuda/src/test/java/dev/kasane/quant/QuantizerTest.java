package dev.kasane.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.Engines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuantizerTest {
  private static final QuantisationSettings NF4 =
      new QuantisationSettings(QuantisationSettings.Kind.NF4, 64, true);

  private final NDManager scope = Engines.newManager();

  @AfterEach
  void close() {
    scope.close();
  }

  /** A projection, a convolution, and a head that shares the projection's weight. */
  private static final class Model extends Module {
    private final Linear projection = child("projection", new Linear(256, 512, false));
    private final Conv2d convolution = child("conv", new Conv2d(8, 8, 3, 1, 1));
    private final Linear head = child("lm_head", new Linear(256, 512, false));
  }

  private Model model() {
    Model model = new Model();
    model.namedWeights().forEach((path, weight) -> weight.set(
        new DenseWeight(scope.randomNormal(0f, 1f, weight.shape(), DataType.FLOAT32))));
    return model;
  }

  @Test
  void linearLayersAreQuantisedAndTheHeadIsNot() {
    Model model = model();
    NDArray dense = ((DenseWeight) model.projection.weight()).array();
    Quantizer.Summary summary = Quantizer.quantise(model, NF4, Quantizer::isUsual, scope);
    assertThat(model.projection.weight().storage()).isEqualTo("nf4");
    assertThat(model.convolution.weight()).isInstanceOf(DenseWeight.class);
    assertThat(model.head.weight()).isInstanceOf(DenseWeight.class);
    assertThat(summary.layers()).isEqualTo(1);
    assertThat(summary.denseBytes()).isEqualTo(512 * 256 * 4);
    // 4 bits, and 8/64 + 32/(64·256) bits for the scales, and the offset.
    assertThat(summary.quantisedBytes()).isEqualTo(512 * 256 / 2 + 2048 + 2048 / 256 * 4 + 4);
    assertThat((summary.quantisedBytes() - 4 - 512 * 256 / 2) * 8.0 / (512 * 256)).isCloseTo(0.127, within(5e-4));
    assertThatThrownBy(dense::toFloatArray).as("the dense weight is let go of").isInstanceOf(IllegalStateException.class);
  }

  @Test
  void convolutionsAreQuantisedWhenAskedFor() {
    Model model = model();
    NDArray x = scope.randomNormal(0f, 1f, new Shape(1, 8, 5, 5), DataType.FLOAT32);
    float[] before = model.convolution.forward(x).toFloatArray();
    Quantizer.quantise(model, new QuantisationSettings(QuantisationSettings.Kind.INT8, 64, false), layer -> true,
        scope);
    assertThat(model.convolution.weight()).isInstanceOf(Int8Weight.class);
    float[] after = model.convolution.forward(x).toFloatArray();
    assertThat(after).isNotEqualTo(before);
    for (int i = 0; i < after.length; i++) {
      assertThat(after[i]).isCloseTo(before[i], within(1f));
    }
  }

  @Test
  void aWeightThatAnotherLayerSharesStaysOpen() {
    Model model = model();
    model.head.replaceWeight(model.projection.weight());
    Quantizer.quantise(model, NF4, Quantizer::isUsual, scope);
    assertThat(model.head.forward(scope.ones(new Shape(1, 256))).getShape()).isEqualTo(new Shape(1, 512));
  }

  /** Sizes with full blocks, short ones, an odd number of codes. */
  @Test
  void settingsTellHowManyBytesAWeightWillHold() {
    for (Shape shape : new Shape[] {new Shape(512, 256), new Shape(7, 9), new Shape(130, 131), new Shape(8, 8, 3, 3)}) {
      for (QuantisationSettings settings : new QuantisationSettings[] {NF4,
          new QuantisationSettings(QuantisationSettings.Kind.FP4, 128, false),
          new QuantisationSettings(QuantisationSettings.Kind.INT8, 64, false)}) {
        NDArray dense = scope.randomNormal(0f, 1f, shape, DataType.FLOAT32);
        assertThat(settings.bytes(shape)).as("%s %s", settings, shape)
            .isEqualTo(Quantizer.quantise("weight", dense, settings, scope).bytes());
      }
    }
  }

  @Test
  void aBadWeightIsNamed() {
    Model model = model();
    ((DenseWeight) model.projection.weight()).array().muli(Float.NaN);
    assertThatThrownBy(() -> Quantizer.quantise(model, NF4, Quantizer::isUsual, scope))
        .isInstanceOf(UserException.class).hasMessageContaining("projection").hasMessageContaining("NaN");
  }

  @Test
  void aTensorBeyondOneBufferIsRefused() {
    assertThatThrownBy(() -> QuantisedWeight.count("huge", new Shape(1 << 15, 1 << 15)))
        .isInstanceOf(UserException.class).hasMessageContaining("huge").hasMessageContaining("2 GiB");
    assertThatThrownBy(() -> QuantisedWeight.count("none", new Shape(0, 4)))
        .isInstanceOf(UserException.class).hasMessageContaining("none");
  }
}
