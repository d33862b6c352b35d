package dev.kasane.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.text.model.CausalLm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a GPU has a definition of its own for is the same thing. */
class GpuScriptTest {
  private final ScriptBlocks blocks = new ScriptBlocks(CausalLm.class, "text.ts.py");

  private float[] normed(Device device, String kind, NDArray... inputs) {
    return TorchBridge.call(blocks.on(device), "_normed", inputs[0].getManager(), inputs[0], inputs[1], inputs[2], kind,
        1e-5)[0].toFloatArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"LAYER", "RMS", "RMS_FROM_ONE"})
  void normalisesWithoutANumberThatHasToBeRead(String kind) {
    try (NDManager scope = Engines.newManager()) {
      Engines.seed(4);
      NDArray[] inputs = {Ops.randomNormal(scope, new Shape(48)), Ops.randomNormal(scope, new Shape(48)),
          Ops.randomNormal(scope, new Shape(48))};

      assertThat(blocks.on(Device.gpu())).isNotSameAs(blocks.on(Device.cpu()));
      assertThat(normed(Device.gpu(), kind, inputs))
          .usingComparatorWithPrecision(1e-5f).containsExactly(normed(Device.cpu(), kind, inputs));
    }
  }
}
