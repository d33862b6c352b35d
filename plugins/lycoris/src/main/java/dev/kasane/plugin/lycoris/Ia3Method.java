package dev.kasane.plugin.lycoris;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.plugin.lycoris.LycorisOps.LYCORIS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.LayerShapes;
import dev.kasane.core.lowrank.SavedShapes;
import dev.kasane.core.lowrank.SavedTensors;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.GradMode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pf4j.Extension;

/** (IA)³: one learned factor for each output or each input of a layer. */
@Extension
public final class Ia3Method extends LycorisMethod {
  static final String WEIGHT = "weight";
  static final String ON_INPUT = "on_input";
  private static final String TRAIN_ON_INPUT = "train-on-input";

  public Ia3Method() {
    super("ia3", "One learned factor for each output or input of a layer ((IA)³): the smallest adapter there is.",
        SharedOptions.of(List.of(new AdapterOption(TRAIN_ON_INPUT, Type.BOOLEAN, "false",
            "Whether factors are for the layer's inputs, as is usual in feed-forward layers, not its outputs.")),
            SharedOptions.DROPOUTS),
        new Names(Set.of(ON_INPUT), Set.of(WEIGHT), Set.of(ON_INPUT)));
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    boolean onInput = options.flag(TRAIN_ON_INPUT);
    DeltaDropouts dropouts = SharedOptions.dropouts(options);
    return (layer, scope) ->
        new Ia3Adapter(layer, new FreshTensors(scope).zeros(shape(layer, onInput)), onInput, dropouts);
  }

  /** As LyCORIS stores it: (c) for a linear layer, (1, c, 1, 1) for a convolution, whichever axis is meant. */
  private static long[] shape(TargetLayer layer, boolean onInput) {
    long width = onInput ? layer.inputs() : layer.outputs();
    return layer.kind() == TargetLayer.Kind.LINEAR ? new long[] {width} : new long[] {1, width, 1, 1};
  }

  /** The factors tell one side of the layer alone. */
  @Override
  protected Shape shape(AdapterModule saved, SavedShapes shapes) {
    Shape stored = shapes.of(WEIGHT);
    long outputs = onInput(saved) ? 1 : stored.size();
    long inputs = onInput(saved) ? stored.size() : 1;
    return stored.dimension() > 1 ? new Shape(outputs, inputs, 1, 1) : new Shape(outputs, inputs);
  }

  @Override
  protected LayerAdapter restored(AdapterModule saved, SavedTensors tensors) {
    boolean onInput = onInput(saved);
    NDArray weight = tensors.take(WEIGHT, shape(tensors.layer(), onInput));
    return new Ia3Adapter(tensors.layer(), weight, onInput, DeltaDropouts.NONE);
  }

  /** {@inheritDoc} Files have the side as a tensor; what was read of one, as a constant. */
  @Override
  protected boolean isOwn(AdapterModule saved) {
    return super.isOwn(saved) || saved.constants().keySet().equals(Set.of(ON_INPUT))
        && Set.of(WEIGHT).containsAll(saved.tensors().keySet());
  }

  private static boolean onInput(AdapterModule saved) {
    NDArray tensor = saved.tensors().get(ON_INPUT);
    if (tensor != null && tensor.getShape().size() != 1) {
      throw new UserException("Layer " + saved.path() + ": " + ON_INPUT + " has shape " + tensor.getShape()
          + ", but it is a single 0 or 1. The file is damaged.");
    }
    return (tensor == null ? saved.constants().get(ON_INPUT) : number(tensor)) != 0;
  }

  private static double number(NDArray tensor) {
    try (NDManager own = tensor.getManager().newSubManager(); GradMode off = GradMode.off()) {
      NDArray view = tensor.stopGradient();
      view.attach(own);
      return OPS.cast(view, DataType.FLOAT32).toFloatArray()[0];
    }
  }

  /** ΔW = m · W ⊙ w along one axis (Liu et al. 2022, with factors 1 + w). */
  private static final class Ia3Adapter extends RebuiltAdapter {
    private final NDArray factors;
    private final boolean onInput;

    Ia3Adapter(TargetLayer layer, NDArray factors, boolean onInput, DeltaDropouts dropouts) {
      super(layer, dropouts);
      this.factors = factors;
      this.onInput = onInput;
    }

    @Override
    public NDArray rebuild(NDManager scope, double multiplier, DeltaDropouts drops) {
      long[] axis = onInput ? LayerShapes.perInput(layer()) : LayerShapes.perOutput(layer());
      NDArray weight = layer().weight().materialise(scope);
      return drops.onRows(scope, LYCORIS.rescaled(scope, weight, factors, axis, multiplier));
    }

    @Override
    public Map<String, NDArray> tensors() {
      return Map.of(WEIGHT, factors);
    }

    @Override
    public Map<String, Double> constants() {
      return Map.of(ON_INPUT, onInput ? 1.0 : 0.0);
    }
  }
}
