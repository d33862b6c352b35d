package dev.kasane.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.TorchBridge;
import org.junit.jupiter.api.Test;

class ScriptBlocksTest {
  private final ScriptBlocks blocks = new ScriptBlocks(ScriptBlocksTest.class, "bound.ts.py");

  private float affine(Device device, NDArray x) {
    return TorchBridge.call(blocks.on(device), "affine", x.getManager(), x, 2.0, 3)[0].getFloat();
  }

  @Test
  void aKindOfDeviceHasDefinitionsOfItsOwn() {
    try (NDManager scope = Engines.newManager()) {
      NDArray x = scope.create(5f);

      assertThat(affine(Device.cpu(), x)).isEqualTo(13);
      assertThat(affine(Device.of("own", 0), x)).isEqualTo(7);
      assertThat(affine(Device.of("own", 1), x)).isEqualTo(7);
    }
  }

  @Test
  void aKindWithoutAnySharesTheCommonBlock() {
    assertThat(blocks.on(Device.gpu())).isSameAs(blocks.on(Device.cpu()));
  }

  @Test
  void aDefinitionThatReplacesNothingIsNamed() {
    assertThatThrownBy(() -> blocks.on(Device.of("odd", 0))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bound.ts.py").hasMessageContaining("def unheard_of(self, x: Tensor) -> Tensor:");
  }
}
