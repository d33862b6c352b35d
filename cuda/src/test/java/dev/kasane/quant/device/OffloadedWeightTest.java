package dev.kasane.quant.device;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.quant.AdaptedChain;
import dev.kasane.quant.cuda.CopyQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights that wait on the host; the device is the CPU, whose copies are made as late as anybody may rely on. */
class OffloadedWeightTest {
  private static final int WIDTH = 32;

  private final NDManager scope = Engines.newManager();
  private final LateCopies queue = new LateCopies();

  @AfterEach
  void close() {
    scope.close();
  }

  /** Makes no copy before computing waits for it, and notes what it is asked for. */
  private static final class LateCopies implements CopyQueue {
    private final Map<Long, Memory> pinned = new HashMap<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private boolean safe;
    private boolean closed;

    @Override
    public long pin(long bytes) {
      Memory memory = new Memory(bytes);
      pinned.put(Pointer.nativeValue(memory), memory);
      return Pointer.nativeValue(memory);
    }

    @Override
    public void unpin(long address) {
      assertThat(pinned.remove(address)).isNotNull();
    }

    @Override
    public void copyIn(long host, long device, long bytes) {
      assertThat(safe).as("what the memory was used for before is waited for").isTrue();
      safe = false;
      events.add("copy");
      waiting.add(() -> new Pointer(device).write(0, new Pointer(host).getByteArray(0, (int) bytes), 0, (int) bytes));
    }

    @Override
    public void copyOut(long device, long host, long bytes) {
      throw new AssertionError("frozen weights do not go back");
    }

    @Override
    public void computeAwaitsCopies() {
      events.add("wait");
      finish();
    }

    @Override
    public void copiesAwaitCompute() {
      safe = true;
    }

    @Override
    public void finish() {
      waiting.forEach(Runnable::run);
      waiting.clear();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private AdaptedChain chain(ElementType type) {
    Engines.seed(3);
    AdaptedChain chain = new AdaptedChain(WIDTH);
    chain.layers.forEach(layer -> layer.replaceWeight(new DenseWeight(OPS.cast(
        scope.randomNormal(0f, 0.3f, new Shape(WIDTH, WIDTH), DataType.FLOAT32), type.dataType()))));
    return chain;
  }

  private List<float[]> takeGradients(List<NDArray> parameters) {
    return parameters.stream().map(parameter -> {
      NDArray gradient = TorchBridge.gradient(parameter, scope).orElseThrow();
      float[] values = gradient.toFloatArray();
      gradient.muli(0);
      return values;
    }).toList();
  }

  @ParameterizedTest
  @EnumSource(value = ElementType.class, names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
  void trainingStepsAreThoseOfWeightsThatStay(ElementType type) {
    AdaptedChain chain = chain(type);
    List<NDArray> parameters = chain.adapt(WIDTH, scope);
    NDArray x = scope.randomNormal(0f, 1f, new Shape(4, WIDTH), DataType.FLOAT32);
    chain.segmented(x, scope);
    List<float[]> expected = takeGradients(parameters);
    List<NDArray> dense = chain.layers.stream().map(Linear::weight).map(each -> each.materialise(scope)).toList();
    try (OffloadedWeights moved = OffloadedWeights.move(chain, layer -> true, queue, scope.getDevice())) {
      dense.forEach(NDArray::close);
      assertThat(moved.count()).isEqualTo(AdaptedChain.LAYERS);
      assertThat(chain.layers.get(0).weight().storage()).isEqualTo(type + " on the host");
      for (int step = 0; step < 3; step++) {
        queue.events.clear();
        chain.segmented(x, scope);
        List<float[]> found = takeGradients(parameters);
        for (int i = 0; i < found.size(); i++) {
          assertThat(found.get(i)).containsExactly(expected.get(i));
        }
      }
      assertThat(String.join(" ", queue.events)).as("each was on its way before it was asked for")
          .matches("wait copy( wait copy)*");
    }
    assertThat(queue.closed).isTrue();
    assertThat(queue.pinned).isEmpty();
  }

  @Test
  void anotherOrderThanForetoldIsServedToo() {
    AdaptedChain chain = chain(ElementType.FLOAT32);
    List<float[]> expected = chain.layers.stream().map(each -> each.weight().materialise(scope).toFloatArray()).toList();
    int[] order = {0, 1, 2, 0, 1, 5, 5, 2, 0, 1, 2};
    try (OffloadedWeights moved = OffloadedWeights.move(chain, layer -> true, queue, scope.getDevice())) {
      for (int number : order) {
        assertThat(chain.layers.get(number).weight().materialise(scope).toFloatArray())
            .containsExactly(expected.get(number));
      }
      assertThat(moved.count()).isEqualTo(AdaptedChain.LAYERS);
    }
  }

  @Test
  void onlyTheLayersThatAreMeantMove() {
    AdaptedChain chain = chain(ElementType.FLOAT32);
    OffloadedWeights.move(chain, layer -> layer.path().equals("3"), queue, scope.getDevice()).close();
    assertThat(chain.layers.get(2).weight()).isInstanceOf(DenseWeight.class);
    assertThat(chain.layers.get(3).weight()).isInstanceOf(OffloadedWeight.class);
  }
}
