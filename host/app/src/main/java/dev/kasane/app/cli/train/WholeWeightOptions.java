package dev.kasane.app.cli.train;

import dev.kasane.app.cli.options.Words;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.training.AdapterWish;
import dev.kasane.core.injection.WholeWeights;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which of a model's own weights are trained beside the adapters, as PEFT has it; use it as a mixin. */
final class WholeWeightOptions {
  @RecipeKey
  @Option(names = "--bias", paramLabel = "WHICH", converter = Words.Bias.class, defaultValue = "none",
      description = "Biases of the base that are trained too: none, all, or lora_only for those of the layers with"
          + " adapters (default: ${DEFAULT-VALUE}).")
  WholeWeights.Biases biases;

  @RecipeKey
  @Option(names = "--modules-to-save", paramLabel = "NAME", split = ",",
      description = "Modules of the base that are trained whole and saved with the adapter, such as lm_head.")
  List<String> modules = new ArrayList<>();

  /** What is trained whole. */
  AdapterWish.Wholes wholes() {
    return new AdapterWish.Wholes(modules, biases);
  }
}
