package dev.kasane.plugin.lora;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.plugin.lora.LoraOps.LORA;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.LayerShapes;
import dev.kasane.core.lowrank.LowRank;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.GradMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How factors start.
 *
 * @param kind the rule
 * @param rounds of subspace iteration for PiSSA, 0 for the whole decomposition
 */
record LoraStart(Kind kind, int rounds) {
  private static final Pattern FAST = Pattern.compile("pissa-niter-([1-9]\\d?)");

  /** Rules for the first values of A and B. */
  enum Kind {
    /** A uniform within 1/√fan-in, B zero (PyTorch's rule for a linear layer; PEFT's default). */
    KAIMING,
    /** A normal with deviation 1/rank, B zero. */
    GAUSSIAN,
    /** The largest singular directions of W (Meng et al. 2024, "PiSSA", equations 2 and 3). */
    PISSA,
    /** The first columns of Q and rows of R of W = Q·R (Büyükakyüz 2024, "OLoRA"). */
    OLORA,
    /**
     * The largest singular directions of what quantising took from W (Li et al. 2023, "LoftQ", algorithm 1 with one
     * round, PEFT's default; more rounds would change the base, which then no other adapter would fit).
     */
    LOFTQ
  }

  /**
   * Reads the option's value.
   *
   * @throws UserException for any other word
   */
  static LoraStart parse(String text) {
    Matcher fast = FAST.matcher(text);
    if (fast.matches()) {
      return new LoraStart(Kind.PISSA, Integer.parseInt(fast.group(1)));
    }
    return switch (text) {
      case "kaiming" -> new LoraStart(Kind.KAIMING, 0);
      case "gaussian" -> new LoraStart(Kind.GAUSSIAN, 0);
      case "pissa" -> new LoraStart(Kind.PISSA, 0);
      case "olora" -> new LoraStart(Kind.OLORA, 0);
      case "loftq" -> new LoraStart(Kind.LOFTQ, 0);
      default -> throw new UserException("Option init is '" + text + "'; it must be one of kaiming, gaussian,"
          + " pissa, pissa-niter-4 (or another number of rounds, up to 99), olora, loftq.");
    };
  }

  /** Whether B·A starts as a part of W, which must be taken off for ΔW to start at zero. */
  boolean isPartOfWeight() {
    return kind == Kind.PISSA || kind == Kind.OLORA;
  }

  /** Whether B·A starts as what quantising took from W, and stays a part of ΔW. */
  boolean makesUpForQuantising() {
    return kind == Kind.LOFTQ;
  }

  /** Whether the factors start from the layer's weight. */
  boolean isOfWeight() {
    return isPartOfWeight() || makesUpForQuantising();
  }

  /**
   * Makes the first factors of a layer.
   *
   * @param scale alpha/rank, by which singular values are divided
   */
  LowRank factors(TargetLayer layer, int rank, double scale, NDManager scope) {
    if (isOfWeight()) {
      return ofWeight(layer, rank, scale, scope);
    }
    FreshTensors fresh = new FreshTensors(scope);
    return kind == Kind.KAIMING ? LowRank.fresh(layer, rank, false, fresh) : new LowRank(
        fresh.normal(1.0 / rank, LayerShapes.mixing(layer, rank, layer.inputs(), layer.kernel())), null,
        fresh.zeros(LayerShapes.mixing(layer, layer.outputs(), rank, 1)));
  }

  /** W − Q(W), float32. */
  private static NDArray lost(TargetLayer layer, NDManager scope) {
    NDArray original = layer.weight().original(scope).orElseThrow(() -> new UserException("Layer " + layer.path()
        + " is kept in " + layer.weight().storage() + " as it was stored, and LoftQ makes up for what is lost when a"
        + " dense base is quantised as it is loaded. Give «base type nf4» and a dense base, exclude the layer, or use"
        + " another init."));
    return OPS.cast(original, DataType.FLOAT32)
        .sub(OPS.cast(layer.weight().materialise(scope), DataType.FLOAT32));
  }

  private LowRank ofWeight(TargetLayer layer, int rank, double scale, NDManager scope) {
    long most = Math.min(layer.inputs(), layer.outputs());
    if (layer.kind() != TargetLayer.Kind.LINEAR || rank > most) {
      throw new UserException("Layer " + layer.path() + " cannot start from its own weight: "
          + (rank > most ? "rank " + rank + " is above " + most + ", the most that it has. Lower the rank"
              : "it is a convolution, and PiSSA, OLoRA and LoftQ are for linear layers. Exclude it")
          + ", or use «method option init=kaiming».");
    }
    try (NDManager own = scope.newSubManager(); GradMode off = GradMode.off()) {
      NDArray weight = makesUpForQuantising() ? lost(layer, own) : layer.weight().materialise(own);
      NDArray[] made = kind == Kind.OLORA ? LORA.orthonormal(own, weight, rank)
          : rounds == 0 ? LORA.principal(own, weight, rank, scale)
          : LORA.principalFast(own, weight, rank, scale, rounds);
      made[0].attach(scope);
      made[1].attach(scope);
      return new LowRank(made[0], null, made[1]);
    }
  }
}
