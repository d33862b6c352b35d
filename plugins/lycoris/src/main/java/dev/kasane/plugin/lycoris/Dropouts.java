package dev.kasane.plugin.lycoris;

import static dev.kasane.plugin.lycoris.LycorisOps.LYCORIS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.tensor.Ops;
import java.util.List;

/**
 * What an adapter leaves out while it is trained. Every draw comes from libtorch's default generators, so
 * that a seed repeats it.
 *
 * @param output probability for an element of what the adapter adds to the layer's output
 * @param row probability for a whole row of ΔW, an output feature or channel
 * @param rowScaled whether the rows that stay are divided by their share
 * @param module probability for the whole adapter in one forward pass
 */
public record Dropouts(double output, double row, boolean rowScaled, double module) {
  public static final Dropouts NONE = new Dropouts(0, 0, false, 0);
  private static final String OUTPUT = "dropout";
  private static final String ROW = "rank-dropout";
  private static final String ROW_SCALED = "rank-dropout-scale";
  private static final String MODULE = "module-dropout";

  public static final List<AdapterOption> OPTIONS = List.of(
      new AdapterOption(OUTPUT, Type.NUMBER, "0",
          "Probability that an element of what the adapter adds to the layer's output is zeroed."),
      new AdapterOption(ROW, Type.NUMBER, "0",
          "Probability that a whole row of the update, an output of the layer, is left out of a step."),
      new AdapterOption(ROW_SCALED, Type.BOOLEAN, "false",
          "Whether the rows that stay are divided by their share."),
      new AdapterOption(MODULE, Type.NUMBER, "0",
          "Probability that a layer's adapter is left out of a step altogether."));

  public static Dropouts of(AdapterOptions options) {
    return new Dropouts(options.numberBelow(OUTPUT, 1), options.numberBelow(ROW, 1), options.flag(ROW_SCALED),
        options.numberBelow(MODULE, 1));
  }

  boolean skipsModule() {
    return module > 0 && LYCORIS.chance() < module;
  }

  public NDArray onRows(NDManager scope, NDArray delta) {
    return row > 0 ? LYCORIS.dropRows(scope, delta, row, rowScaled) : delta;
  }

  NDArray onOutput(NDArray update) {
    return output > 0 ? Ops.dropout(update, output) : update;
  }
}
