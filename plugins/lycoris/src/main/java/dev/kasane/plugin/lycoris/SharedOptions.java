package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.lowrank.DeltaDropouts;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.lowrank.Magnitudes;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.ModuleHeader;
import dev.kasane.core.spi.TargetLayer;
import java.util.List;
import java.util.stream.Stream;

/** The options that methods of the family share, and what they mean. */
public final class SharedOptions {
  public static final List<AdapterOption> SCALE = List.of(
      new AdapterOption("rank", Type.INTEGER, "8",
          "Inner dimension, LyCORIS's dim; more can learn more and makes a larger file."),
      new AdapterOption(AdapterModule.ALPHA, Type.NUMBER, "0",
          "The update is scaled by alpha/rank; 0 means the rank, a scale of 1."),
      new AdapterOption("use-rslora", Type.BOOLEAN, "false",
          "Scale by alpha/sqrt(rank), LyCORIS's rs_lora, which keeps high ranks from learning slower."));

  private static final String CORE = "use-tucker";
  public static final List<AdapterOption> TUCKER = List.of(new AdapterOption(CORE, Type.BOOLEAN, "false",
      "Whether a convolution's factors are 1x1 with the kernel in a small core between them."));

  static final AdapterOption ON_OUTPUT = new AdapterOption("wd-on-output", Type.BOOLEAN, "true",
      "Whether lengths are those of the weight's rows, one for each output, or of its columns, as in LyCORIS"
          + " before 3.2.");
  private static final String DECOMPOSED = "dora-wd";
  public static final List<AdapterOption> MAGNITUDES = List.of(
      new AdapterOption(DECOMPOSED, Type.BOOLEAN, "false",
          "Whether the weight is decomposed into direction and length, and both are trained (DoRA)."),
      ON_OUTPUT);

  private static final String OUTPUT = "dropout";
  private static final String ROW = "rank-dropout";
  private static final String ROW_SCALED = "rank-dropout-scale";
  private static final String MODULE = "module-dropout";
  public static final List<AdapterOption> DROPOUTS = List.of(
      new AdapterOption(OUTPUT, Type.NUMBER, "0",
          "Probability that an element of what the adapter adds to the layer's output is zeroed."),
      new AdapterOption(ROW, Type.NUMBER, "0",
          "Probability that a whole row of the update, an output of the layer, is left out of a step."),
      new AdapterOption(ROW_SCALED, Type.BOOLEAN, "false",
          "Whether the rows that stay are divided by their share."),
      new AdapterOption(MODULE, Type.NUMBER, "0",
          "Probability that a layer's adapter is left out of a step altogether."));

  private SharedOptions() {}

  /** Whether convolutions have factors in Tucker form. */
  public static boolean tucker(AdapterOptions options) {
    return options.flag(CORE);
  }

  /** What is left out in training. */
  public static DeltaDropouts dropouts(AdapterOptions options) {
    return new DeltaDropouts(options.numberBelow(OUTPUT, 1), options.numberBelow(ROW, 1), options.flag(ROW_SCALED),
        options.numberBelow(MODULE, 1));
  }

  /** Fresh lengths of a weight, or null for a weight that is not decomposed. */
  @FunctionalInterface
  public interface Lengths {
    Magnitudes fresh(TargetLayer layer, NDManager scope);
  }

  /** What fresh adapters have for the options {@link #MAGNITUDES}. */
  public static Lengths lengths(AdapterOptions options) {
    boolean decomposed = options.flag(DECOMPOSED);
    boolean onOutput = options.flag(ON_OUTPUT.name());
    return (layer, scope) -> decomposed ? Magnitudes.fresh(layer, onOutput, scope) : null;
  }

  /** Joins lists of options. */
  @SafeVarargs
  public static List<AdapterOption> of(List<AdapterOption>... lists) {
    return Stream.of(lists).flatMap(List::stream).toList();
  }

  /** The name that people give a method's module, which may have magnitudes. */
  public static String named(String method, ModuleHeader saved) {
    return saved.has(LoraNames.MAGNITUDE) ? "dora-" + method : method;
  }
}
