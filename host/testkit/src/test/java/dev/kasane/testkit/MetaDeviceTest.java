package dev.kasane.testkit;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetaDeviceTest {
  private final NDManager host = Engines.newManager();
  private final NDManager meta = MetaDevice.newManager();

  @AfterEach
  void close() {
    host.close();
    meta.close();
  }

  @Test
  void whatAManagerMakesLiesOnItsDevice() {
    NDArray weight = new FreshTensors(meta).normal(1, 3, 4);
    NDArray x = Ops.randomNormal(meta, new Shape(2, 4));

    try (GradMode on = GradMode.on()) {
      NDArray y = OPS.linear(x, weight, meta.create(new float[3]));
      TorchBridge.backward(y, meta.ones(y.getShape()));
    }

    assertThat(weight.getDevice()).isEqualTo(MetaDevice.META);
    assertThat(weight.getGradient().getDevice()).isEqualTo(MetaDevice.META);
  }

  @Test
  void randomNumbersComeFromTheHostsGeneratorWhateverTheDevice() {
    Engines.seed(5);
    Ops.randomNormal(meta, new Shape(7));
    float next = Ops.randomNormal(host, new Shape(1)).getFloat();
    Engines.seed(5);
    Ops.randomNormal(host, new Shape(7));

    assertThat(Ops.randomNormal(host, new Shape(1)).getFloat()).isEqualTo(next);
  }

  @Test
  void aTensorIsPlacedOnAManagersDevice() {
    NDArray x = host.ones(new Shape(2));

    assertThat(Ops.placed(meta, x).getDevice()).isEqualTo(MetaDevice.META);
    assertThat(Ops.placed(host.newSubManager(), x)).isSameAs(x);
    NDArray half = OPS.cast(x, DataType.BFLOAT16);
    assertThat(Ops.typeOf(Ops.placed(meta, half))).isEqualTo(DataType.BFLOAT16);
  }

  @Test
  void aTensorOfTheHostIsFoundInAProduct() {
    NDArray x = meta.ones(new Shape(2, 4));
    NDArray weight = host.ones(new Shape(3, 4));

    assertThatThrownBy(() -> OPS.linear(x, weight)).isInstanceOf(AssertionError.class)
        .hasMessageContaining("linear").hasMessageContaining("(3, 4) on cpu");
  }

  @Test
  void aTensorOfAnotherDevicesManagerIsFound() {
    NDArray x = meta.ones(new Shape(2, 4));
    x.attach(host);

    assertThatThrownBy(() -> OPS.silu(x)).isInstanceOf(AssertionError.class)
        .hasMessageContaining("of a manager on cpu");
  }

  @Test
  void whatLibtorchSeesToIsFoundToo() {
    NDArray x = meta.ones(new Shape(4));

    assertThatThrownBy(() -> x.add(host.ones(new Shape(4)))).hasMessageContaining("device");
    assertThatThrownBy(x::toFloatArray).hasMessageContaining("meta");
  }
}
