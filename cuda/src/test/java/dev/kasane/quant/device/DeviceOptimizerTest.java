package dev.kasane.quant.device;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.Optimizer;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.StateMemory;
import dev.kasane.quant.cuda.DeviceKernels;
import dev.kasane.quant.cuda.KernelLauncher;
import dev.kasane.quant.cuda.QuantKernels;
import dev.kasane.quant.cuda.QueuedDevice;
import dev.kasane.quant.cuda.ShimLauncher;
import dev.kasane.quant.optimizer.AdamW8bit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Optimisers whose kernels move parameters on a device, with states there or in pages, against the CPU path. */
class DeviceOptimizerTest {
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.999, 1e-8, 0.1);
  private static final KernelLauncher SHIM = new ShimLauncher(ShimLauncher.Order.SHUFFLED);
  private static final int[] COUNTS = {5000, 300, 4096, 1, 9001};
  private static final int STEPS = 4;
  /** "p1" and "p4" learn faster, as LoRA+ has it. */
  private static final ToDoubleFunction<String> FACTORS = name -> name.equals("p1") || name.equals("p4") ? 4 : 1;

  private final NDManager scope = Engines.newManager();
  private final List<String> launched = new ArrayList<>();

  @AfterEach
  void close() {
    scope.close();
  }

  private DeviceKernels kernels(KernelLauncher launcher) {
    return new DeviceKernels(new QuantKernels((file, kernel, x, y, arguments) -> {
      launched.add(kernel);
      launcher.launch(file, kernel, x, y, arguments);
    }), true);
  }

  private Map<String, NDArray> parameters() {
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    for (int i = 0; i < COUNTS.length; i++) {
      Engines.seed(i);
      NDArray parameter = scope.randomNormal(0f, 1f, new Shape(COUNTS[i]), DataType.FLOAT32);
      parameter.setRequiresGradient(true);
      parameters.put("p" + i, parameter);
    }
    return parameters;
  }

  private void giveGradients(Map<String, NDArray> parameters, int step) {
    int i = 0;
    for (NDArray parameter : parameters.values()) {
      Engines.seed(100L * step + i++);
      try (GradMode on = GradMode.on(); NDManager inner = scope.newSubManager()) {
        NDArray given = inner.randomNormal(0f, 0.01f, parameter.getShape(), DataType.FLOAT32);
        NDArray copy = OPS.scale(parameter, 1);
        copy.attach(inner);
        TorchBridge.backward(copy, given);
      }
    }
  }

  private Optimizer run(OptimizerFactory factory, Map<String, NDArray> parameters) {
    Optimizer optimizer = factory.make(parameters, FACTORS, scope);
    for (int step = 1; step <= STEPS; step++) {
      giveGradients(parameters, step);
      double norm = optimizer.step(1e-2, 0.5, 0.7);
      assertThat(norm).isCloseTo(0.5 * 0.01 * Math.sqrt(18398), within(0.05));
      parameters.values().forEach(each -> assertThat(each.getGradient().toFloatArray()).containsOnly(0f));
    }
    return optimizer;
  }

  private static void same(Map<String, NDArray> found, Map<String, NDArray> expected) {
    expected.forEach((name, each) -> assertThat(found.get(name).toFloatArray()).as(name)
        .usingComparatorWithPrecision(2e-6f).containsExactly(each.toFloatArray()));
  }

  /** Codes of 8 bits are the same but for the norm's last bits, which differ with the order of addition. */
  private static void sameStates(Optimizer found, Optimizer expected) {
    assertThat(found.state().keySet()).isEqualTo(expected.state().keySet());
    found.state().forEach((name, tensor) -> {
      NDArray other = expected.state().get(name);
      assertThat(tensor.getShape()).isEqualTo(other.getShape());
      assertThat(tensor.getDataType()).isEqualTo(other.getDataType());
      if (tensor.getDataType() == DataType.UINT8) {
        byte[] codes = tensor.toByteArray();
        byte[] others = other.toByteArray();
        int off = 0;
        for (int i = 0; i < codes.length; i++) {
          off += codes[i] == others[i] ? 0 : 1;
        }
        assertThat(off).as(name).isLessThanOrEqualTo(codes.length / 200);
      } else {
        assertThat(tensor.toFloatArray()).as(name).usingComparatorWithPrecision(1e-6f)
            .containsExactly(other.toFloatArray());
      }
    });
  }

  @Test
  void eightBitStatesFollowTheCpuPathInOneLaunchAWidthAndRate() {
    Map<String, NDArray> onCpu = parameters();
    Optimizer expected = run((all, factor, owner) ->
        new AdamW8bit(all, SETTINGS, factor, StateMemory.of(owner)), onCpu);
    Map<String, NDArray> onDevice = parameters();
    Optimizer found = run(DeviceOptimizers.adamW(SETTINGS, true, kernels(SHIM)), onDevice);
    same(onDevice, onCpu);
    sameStates(found, expected);
    assertThat(launched).hasSize(4 * STEPS).containsOnly("adamw_8bit", "adamw_32bit");
  }

  @Test
  void floatStatesFollowTheLibrarysAdamW() {
    Map<String, NDArray> onCpu = parameters();
    run((all, factor, owner) -> new AdamW(all, SETTINGS, factor, StateMemory.of(owner)), onCpu);
    Map<String, NDArray> onDevice = parameters();
    run(DeviceOptimizers.adamW(SETTINGS, false, kernels(SHIM)), onDevice);
    same(onDevice, onCpu);
    assertThat(launched).hasSize(2 * STEPS).containsOnly("adamw_32bit");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void pagesGiveTheBitsOfStatesOnTheDevice(boolean eightBits) {
    Map<String, NDArray> resident = parameters();
    Optimizer expected = run(DeviceOptimizers.adamW(SETTINGS, eightBits, kernels(SHIM)), resident);
    for (int seed = 0; seed < 3; seed++) {
      QueuedDevice device = new QueuedDevice(SHIM, seed);
      Map<String, NDArray> paged = parameters();
      launched.clear();
      Optimizer found =
          run(DeviceOptimizers.pagedAdamW(SETTINGS, eightBits, kernels(device), device, 16 * 1024), paged);
      paged.forEach((name, each) ->
          assertThat(each.toFloatArray()).containsExactly(resident.get(name).toFloatArray()));
      expected.state().forEach((name, each) -> assertThat(found.state().get(name).toByteBuffer())
          .as(name).isEqualTo(each.toByteBuffer()));
      // 36 and 36 blocks in 8 bits take two pages of 31 each, beside one each for small parameters; in 32 bits 37 and
      // 38 blocks take five pages of eight each.
      assertThat(launched).hasSize((eightBits ? 6 : 10) * STEPS);
      assertThat(device.copied()).isGreaterThan(launched.size());
      found.close();
      assertThat(device.isClosed()).isTrue();
    }
  }

  @Test
  void gradientsThatAreNotFiniteMoveNothingAndAreZeroAfterwards() {
    Map<String, NDArray> parameters = parameters();
    float[] before = parameters.get("p0").toFloatArray();
    Optimizer optimizer = DeviceOptimizers.adamW(SETTINGS, true, kernels(SHIM)).make(parameters, FACTORS, scope);
    giveGradients(parameters, 1);
    TorchBridge.memory(TorchBridge.gradient(parameters.get("p0"), scope).orElseThrow()).putFloat(8, Float.NaN);
    assertThat(optimizer.step(1e-2, 1, 1)).isNaN();
    assertThat(launched).isEmpty();
    assertThat(parameters.get("p0").toFloatArray()).containsExactly(before);
    assertThat(parameters.get("p0").getGradient().toFloatArray()).containsOnly(0f);
    assertThat(optimizer.state().get("step").getFloat()).isZero();
  }
}
