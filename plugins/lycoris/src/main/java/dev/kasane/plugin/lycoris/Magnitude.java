package dev.kasane.plugin.lycoris;

import static dev.kasane.plugin.lycoris.LycorisOps.LYCORIS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.Magnitudes;
import dev.kasane.core.spi.ModuleHeader;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.GradMode;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The trained length g of a weight's rows or columns (DoRA, Liu et al. 2024): the adapted weight is
 * V ⊙ g/‖V‖ with V = W + update. At another strength m it is V ⊙ (m·(g/‖V‖ − 1) + 1), as in LyCORIS: the
 * strength turns the lengths only.
 *
 * @param values g: (out, 1, …) or (1, in, …)
 * @param axes the axes over which ‖V‖ is taken
 */
public record Magnitude(NDArray values, long[] axes) {
  public static final String NAME = "dora_scale";
  static final AdapterOption ON_OUTPUT = new AdapterOption("wd-on-output", Type.BOOLEAN, "true",
      "Whether lengths are those of the weight's rows, one for each output, or of its columns, as in LyCORIS"
          + " before 3.2.");
  public static final List<AdapterOption> OPTIONS = List.of(
      new AdapterOption("dora-wd", Type.BOOLEAN, "false",
          "Whether the weight is decomposed into direction and length, and both are trained (DoRA)."),
      ON_OUTPUT);

  /** The present lengths of a weight, with which nothing changes yet. */
  public static Magnitude fresh(TargetLayer layer, AdapterOptions options, NDManager scope) {
    long[] axes = axes(layer, options.flag(ON_OUTPUT.name()));
    try (GradMode off = GradMode.off(); NDManager own = scope.newSubManager()) {
      NDArray norm = LYCORIS.norm(scope, layer.weight().materialise(own), axes);
      return new Magnitude(Starts.trained(norm), axes);
    }
  }

  /** What a file has; {@link Magnitudes} says which axis is meant. Nothing when the file has none. */
  public static Magnitude restored(TargetLayer layer, SavedTensors saved) {
    if (!saved.has(NAME)) {
      return null;
    }
    boolean perOutput = Magnitudes.arePerOutput(layer, NAME, saved.shape(NAME));
    return new Magnitude(saved.reshaped(NAME, perOutput ? Shapes.perOutput(layer) : Shapes.perInput(layer)),
        axes(layer, perOutput));
  }

  private static long[] axes(TargetLayer layer, boolean onOutput) {
    int kept = onOutput ? 0 : 1;
    return LongStream.range(0, layer.weight().shape().dimension()).filter(axis -> axis != kept).toArray();
  }

  NDArray decompose(NDManager scope, TargetLayer layer, NDArray update, double multiplier) {
    return LYCORIS.decompose(scope, layer.weight().materialise(scope), update, values, axes, multiplier);
  }

  /** The name of a method whose module may have magnitudes. */
  public static String named(String method, ModuleHeader saved) {
    return saved.has(NAME) ? "dora-" + method : method;
  }
}
