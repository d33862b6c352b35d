package dev.kasane.plugin.lora;

import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.AdapterOptions;
import java.util.List;

/**
 * The options of LoRA, checked.
 *
 * @param rank width of the detour, from 1
 * @param alpha the update is scaled by alpha/rank; rsLoRA's root is already inside
 * @param gaussian whether A starts from N(0, 1/rank²) and not uniformly
 * @param drops what is left out while training
 */
record LoraSettings(int rank, double alpha, boolean gaussian, LoraDropouts drops) {
  private static final int LARGEST_RANK = 8192;

  static final List<AdapterOption> OPTIONS = List.of(
      new AdapterOption("rank", Type.INTEGER, "8",
          "Width of the low-rank detour, r; more can learn more and makes a larger file."),
      new AdapterOption("alpha", Type.NUMBER, "0",
          "The update is scaled by alpha/rank; 0 means the rank, a scale of 1."),
      new AdapterOption("use-rslora", Type.BOOLEAN, "false",
          "Scale by alpha/sqrt(rank), which keeps high ranks from learning slower (Kalajdzievski 2023)."),
      new AdapterOption("init", Type.TEXT, "kaiming",
          "How A starts: kaiming, uniform within 1/sqrt(inputs), or gaussian with deviation 1/rank; B is 0."),
      new AdapterOption("dropout", Type.NUMBER, "0",
          "Probability that an element of the layer's input does not reach the adapter, as in PEFT."),
      new AdapterOption("hidden-dropout", Type.NUMBER, "0",
          "Probability that an element between A and B is zeroed; kohya's network_dropout."),
      new AdapterOption("rank-dropout", Type.NUMBER, "0",
          "Probability that a whole rank is left out for a sample, as in kohya's scripts."),
      new AdapterOption("module-dropout", Type.NUMBER, "0",
          "Probability that a layer's adapter is left out of a step altogether, as in kohya's scripts."));

  static LoraSettings of(AdapterOptions options) {
    int rank = options.integer("rank", 1, LARGEST_RANK);
    double alpha = options.number("alpha");
    if (alpha < 0) {
      throw new UserException("Option alpha is " + alpha + "; it must be positive, or 0 for the rank.");
    }
    double scaled = (alpha == 0 ? rank : alpha) * (options.flag("use-rslora") ? Math.sqrt(rank) : 1);
    boolean gaussian = options.oneOf("init", "kaiming", "gaussian").equals("gaussian");
    return new LoraSettings(rank, scaled, gaussian, new LoraDropouts(
        options.numberBelow("dropout", 1), options.numberBelow("hidden-dropout", 1),
        options.numberBelow("rank-dropout", 1), options.numberBelow("module-dropout", 1)));
  }
}
