package dev.kasane.app.cli.options;

import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.UserException;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.format.BlockSize;
import java.util.Optional;
import picocli.CommandLine.Option;

/** In how many bits the base's weights are held; use it as a mixin. */
public final class BaseTypeOptions {
  @RecipeKey
  @Option(names = "--base-type", paramLabel = "TYPE", converter = Words.Storage.class,
      description = "Quantise the frozen base as it is loaded: nf4, fp4 or int8. Of a language model the linear"
          + " layers but the output head; of an image model the U-Net's linear layers and convolutions but the first"
          + " and last. Adapters train on top (QLoRA), block by block as with --gradient-checkpointing. A base that"
          + " 'kasane quantize' wrote needs no such option.")
  private QuantisationSettings.Kind kind;

  @RecipeKey
  @Option(names = "--double-quant",
      description = "Quantise the scales of nf4 and fp4 too: 0.516 in place of 0.563 bytes a parameter.")
  private boolean doubleQuant;

  /**
   * How the base is quantised; nothing when it is loaded as it is stored.
   *
   * @throws UserException when the options contradict each other
   */
  public Optional<QuantisationSettings> settings() {
    if (kind == null && doubleQuant) {
      throw new UserException("Option --double-quant needs --base-type nf4 or fp4.");
    }
    return Optional.ofNullable(kind).map(each -> new QuantisationSettings(each, BlockSize.USUAL, doubleQuant));
  }
}
