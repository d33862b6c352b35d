package dev.kasane.app.cli.options;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.app.base.QuantisedBase;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.text.model.CausalLm;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Option;

/** In how many bits the base's weights are held; use it as a mixin. */
public final class BaseTypeOptions {
  private static final String QUANTISED = "quantization_config";

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

  /**
   * Whether the base will be in few bits.
   *
   * @param config its configuration, which says so when it is stored that way
   */
  public boolean isQuantised(JsonNode config) {
    return kind != null || config.has(QUANTISED);
  }

  /**
   * Checks that there will be dense weights to look at where adapters start from what quantising takes from them.
   *
   * @return whether these are to be kept while the base is quantised
   * @throws UserException when nothing is quantised as it is loaded
   */
  public boolean keepsOriginals(MethodChoice choice) {
    boolean needed = choice.needsOriginals();
    if (needed && kind == null) {
      throw new UserException("With these options the adapters of method " + choice.method().id()
          + " start from what is lost when a dense base is quantised as it is loaded (LoftQ), and here nothing is. Give"
          + " --base-type nf4, or another init.");
    }
    return needed;
  }

  /** Quantises a loaded image model's U-Net, if that was asked for, and tells what it holds. */
  public void apply(ImageModel model, boolean keepOriginals, NDManager owner, PrintWriter err) {
    tell(QuantisedBase.quantise("U-Net", model.unet(), settings(), QuantisedBase::isUsualInUNet, keepOriginals,
        owner), err);
  }

  /** Quantises a loaded language model, if that was asked for, and tells what it holds. */
  public void apply(CausalLm model, boolean keepOriginals, NDManager owner, PrintWriter err) {
    tell(QuantisedBase.quantise("language model", model, settings(), QuantisedBase::isUsualInLanguageModel,
        keepOriginals, owner), err);
  }

  private static void tell(Optional<String> report, PrintWriter err) {
    report.ifPresent(line -> {
      err.println("Base's " + line);
      err.flush();
    });
  }
}
