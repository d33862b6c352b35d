package dev.kasane.plugin.lycoris;

import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.AdapterOptions;
import java.util.List;

/**
 * How rank and alpha make the factor of an update.
 *
 * @param rank the inner dimension
 * @param alpha numerator; with rank-stabilised scaling the root of the rank is already inside, as in the files
 */
public record Scale(int rank, double alpha) {
  public static final String ALPHA = AdapterModule.ALPHA;
  public static final String SCALE = AdapterModule.SCALE;
  private static final int LARGEST_RANK = 8192;

  public static final List<AdapterOption> OPTIONS = List.of(
      new AdapterOption("rank", Type.INTEGER, "8",
          "Inner dimension, LyCORIS's dim; more can learn more and makes a larger file."),
      new AdapterOption(ALPHA, Type.NUMBER, "0",
          "The update is scaled by alpha/rank; 0 means the rank, a scale of 1."),
      new AdapterOption("use-rslora", Type.BOOLEAN, "false",
          "Scale by alpha/sqrt(rank), LyCORIS's rs_lora, which keeps high ranks from learning slower."));

  public static Scale of(AdapterOptions options) {
    int rank = rankOf(options);
    double alpha = options.number(ALPHA);
    if (alpha < 0) {
      throw new UserException("Option alpha is " + alpha + "; it must be positive, or 0 for the rank.");
    }
    return new Scale(rank, (alpha == 0 ? rank : alpha) * (options.flag("use-rslora") ? Math.sqrt(rank) : 1));
  }

  public static int rankOf(AdapterOptions options) {
    return options.integer("rank", 1, LARGEST_RANK);
  }

  /** What a file says. */
  public static Scale ofSaved(AdapterModule saved, long rank) {
    return new Scale((int) rank, saved.alpha(rank));
  }

  double factor() {
    return alpha / rank;
  }
}
