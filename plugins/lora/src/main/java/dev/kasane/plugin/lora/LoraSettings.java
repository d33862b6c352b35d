package dev.kasane.plugin.lora;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.DetourDropouts;
import dev.kasane.core.lowrank.FreshTensors;
import dev.kasane.core.lowrank.LowRank;
import dev.kasane.core.lowrank.Magnitudes;
import dev.kasane.core.lowrank.RankScale;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOption.Type;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer.Kind;
import dev.kasane.core.spi.TargetLayer;
import java.util.List;

/**
 * The options of LoRA, checked, and the adapters that they make.
 *
 * @param scale rank and alpha
 * @param start how A and B start
 * @param magnitudes whether magnitudes are trained apart, as DoRA does
 * @param drops what is left out while training
 */
record LoraSettings(RankScale scale, LoraStart start, boolean magnitudes, DetourDropouts drops)
    implements PreparedMethod {
  static final List<AdapterOption> OPTIONS = List.of(
      new AdapterOption("rank", Type.INTEGER, "8",
          "Width of the low-rank detour, r; more can learn more and makes a larger file."),
      new AdapterOption("alpha", Type.NUMBER, "0",
          "The update is scaled by alpha/rank; 0 means the rank, a scale of 1."),
      new AdapterOption("use-rslora", Type.BOOLEAN, "false",
          "Scale by alpha/sqrt(rank), which keeps high ranks from learning slower (Kalajdzievski 2023)."),
      new AdapterOption("init", Type.TEXT, "kaiming",
          "How A and B start: kaiming, uniform within 1/sqrt(inputs), or gaussian with deviation 1/rank, and B"
              + " is 0; pissa or pissa-niter-4, from the weight's largest singular directions, whole or fast;"
              + " olora, from its QR decomposition. These three are saved as a LoRA of twice the rank. loftq, from what"
              + " quantising takes from the weight: for a base that is quantised as it is loaded, and the adapter is"
              + " for such a base ever after."),
      new AdapterOption("use-dora", Type.BOOLEAN, "false",
          "Train each output's magnitude apart from its direction (DoRA, Liu et al. 2024)."),
      new AdapterOption("dropout", Type.NUMBER, "0",
          "Probability that an element of the layer's input does not reach the adapter, as in PEFT."),
      new AdapterOption("hidden-dropout", Type.NUMBER, "0",
          "Probability that an element between A and B is zeroed; kohya's network_dropout."),
      new AdapterOption("rank-dropout", Type.NUMBER, "0",
          "Probability that a whole rank is left out for a sample, as in kohya's scripts."),
      new AdapterOption("module-dropout", Type.NUMBER, "0",
          "Probability that a layer's adapter is left out of a step altogether, as in kohya's scripts."));

  static LoraSettings of(AdapterOptions options) {
    RankScale scale = RankScale.of(options);
    LoraStart start = LoraStart.parse(options.text("init"));
    boolean magnitudes = options.flag("use-dora");
    if (magnitudes && start.isPartOfWeight()) {
      throw new UserException("Option use-dora goes with an init of kaiming or gaussian, not with "
          + options.text("init") + "; it must be false here.");
    }
    return new LoraSettings(scale, start, magnitudes, new DetourDropouts(
        options.numberBelow("dropout", 1), options.numberBelow("hidden-dropout", 1),
        options.numberBelow("rank-dropout", 1), options.numberBelow("module-dropout", 1)));
  }

  @Override
  public boolean needsOriginals() {
    return start.makesUpForQuantising();
  }

  @Override
  public LayerAdapter attach(TargetLayer layer, NDManager scope) {
    LayerAdapter adapter = layer.kind() == Kind.EMBEDDING ? ofEmbedding(layer, scope) : ofProduct(layer, scope);
    adapter.tensors().values().forEach(parameter -> parameter.setRequiresGradient(true));
    return adapter;
  }

  private LayerAdapter ofEmbedding(TargetLayer layer, NDManager scope) {
    if (magnitudes || start.isOfWeight()) {
      throw new UserException("Layer " + layer.path() + " is an embedding, whose adapters have no magnitudes of their"
          + " own and do not start from the weight. Use neither use-dora nor an init other than kaiming and gaussian,"
          + " or exclude it.");
    }
    return EmbeddingAdapter.fresh(layer, scale, new FreshTensors(scope));
  }

  private LayerAdapter ofProduct(TargetLayer layer, NDManager scope) {
    LowRank factors = start.factors(layer, scale.rank(), scale.factor(), scope);
    if (magnitudes) {
      return new DoraAdapter(
          layer, factors, Magnitudes.fresh(layer, factors, scale.factor(), scope), scale, drops);
    }
    return start.isPartOfWeight() ? new ShiftedAdapter(layer, factors, scale, drops, scope)
        : new LoraAdapter(layer, factors, scale, drops);
  }
}
