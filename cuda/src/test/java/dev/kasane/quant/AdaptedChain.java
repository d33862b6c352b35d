package dev.kasane.quant;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Attachment;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import dev.kasane.core.module.Segment;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.SegmentedRun;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A chain of 24 linear layers with low-rank adapters, to be trained plainly or segment by segment. */
public final class AdaptedChain extends Module {
  public static final int LAYERS = 24;
  private static final int RANK = 4;

  public final List<Linear> layers = new ArrayList<>();

  public AdaptedChain(int width) {
    for (int i = 0; i < LAYERS; i++) {
      layers.add(child(String.valueOf(i), new Linear(width, width, false)));
    }
  }

  List<Segment> segments() {
    List<Segment> segments = new ArrayList<>();
    for (Linear layer : layers) {
      segments.add(state -> new NDList(OPS.silu(layer.forward(state.get(0)))));
    }
    return segments;
  }

  /** Attaches adapters and returns their parameters. */
  public List<NDArray> adapt(int width, NDManager scope) {
    return adapt(layers, scope);
  }

  /** Attaches adapters to linear layers and returns their parameters. */
  public static List<NDArray> adapt(Collection<? extends AdaptableLayer> layers, NDManager scope) {
    List<NDArray> parameters = new ArrayList<>();
    for (AdaptableLayer layer : layers) {
      NDArray down = scope.randomNormal(0f, 0.05f, new Shape(RANK, layer.inputs()), DataType.FLOAT32);
      NDArray up = scope.randomNormal(0f, 0.05f, new Shape(layer.outputs(), RANK), DataType.FLOAT32);
      down.setRequiresGradient(true);
      up.setRequiresGradient(true);
      layer.attach(new Attachment(new LowRank(layer, down, up), 1));
      parameters.add(down);
      parameters.add(up);
    }
    return parameters;
  }

  /** One forward and backward pass that keeps the states between the layers. */
  public void segmented(NDArray x, NDManager scope) {
    try (NDManager step = scope.newSubManager(); SegmentedRun run = new SegmentedRun(segments(), 1, step)) {
      NDArray y = run.forward(new NDList(x)).get(0);
      run.backward(step.ones(y.getShape()));
    }
  }

  /** One forward and backward pass that keeps everything. */
  void plain(NDArray x, NDManager scope) {
    try (NDManager step = scope.newSubManager(); GradMode on = GradMode.on()) {
      NDArray input = x.stopGradient();
      input.attach(step);
      NDList state = new NDList(input);
      for (Segment segment : segments()) {
        state = segment.forward(state);
      }
      TorchBridge.backward(state.get(0), step.ones(state.get(0).getShape()));
    }
  }

  /** y = B·(A·x). */
  private record LowRank(TargetLayer layer, NDArray down, NDArray up) implements LayerAdapter {
    @Override
    public NDArray forward(NDArray x, double multiplier, Phase phase) {
      return OPS.linear(OPS.linear(x, down), up);
    }

    @Override
    public NDArray weightDelta(NDManager owner, double multiplier) {
      return up.matMul(down);
    }

    @Override
    public Map<String, NDArray> tensors() {
      return Map.of("down", down, "up", up);
    }
  }
}
