package dev.kasane.app.cli.options;

import dev.kasane.app.adapter.AdapterMisfit;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.adapter.EmbeddingReference;
import dev.kasane.app.base.DeviceWish;
import dev.kasane.app.image.PictureFiles;
import dev.kasane.app.params.PlannedDevice;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.MixMethod;
import dev.kasane.core.injection.WholeWeights;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.data.caption.AdapterTag;
import dev.kasane.diffusion.picture.PictureSize;
import dev.kasane.diffusion.scheduler.PredictionType;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import dev.kasane.quant.QuantisationSettings;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Turns words of the command line into values. What cannot be turned is wrong usage. */
public abstract class Words<T> implements ITypeConverter<T> {
  private final Function<String, T> parser;

  private Words(Function<String, T> parser) {
    this.parser = parser;
  }

  @Override
  public final T convert(String word) {
    try {
      return parser.apply(word);
    } catch (UserException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  /**
   * Insists on a number above 0 and at most 1.
   *
   * @throws ParameterException when it is another
   */
  public static void requireShare(CommandLine command, String option, double value) {
    if (!(value > 0 && value <= 1)) {
      throw new ParameterException(command,
          "Option " + option + " is " + value + "; expected above 0 and at most 1.");
    }
  }

  private static <E> E named(E[] values, String word, String otherwise) {
    return Arrays.stream(values).filter(each -> each.toString().equals(word)).findFirst()
        .orElseThrow(() -> new UserException("'" + word + "' " + otherwise));
  }

  /** {@code FILE[:weight]}. */
  public static final class Adapter extends Words<AdapterReference> {
    Adapter() {
      super(AdapterReference::parse);
    }
  }

  /** Files of learned words. */
  public static final class Embedding extends Words<EmbeddingReference> {
    Embedding() {
      super(EmbeddingReference::parse);
    }
  }

  /** Where to compute. */
  public static final class Wish extends Words<DeviceWish> {
    Wish() {
      super(DeviceWish::parse);
    }
  }

  /** Where training is planned. */
  public static final class Planned extends Words<PlannedDevice> {
    Planned() {
      super(word -> named(PlannedDevice.values(), word, "is nothing to plan for. There are cpu and cuda."));
    }
  }

  /** Prompts of pictures. */
  public static final class Prompt extends Words<String> {
    Prompt() {
      super(AdapterTag::requireNone);
    }
  }

  /** Optimisers. */
  public static final class OptimizerName extends Words<OptimizerKind> {
    OptimizerName() {
      super(word -> named(OptimizerKind.values(), word, "is no optimiser. There are adamw and adamw8bit."));
    }
  }

  /** In what weights are stored. */
  public static final class Storage extends Words<QuantisationSettings.Kind> {
    Storage() {
      super(QuantisationSettings.Kind::named);
    }
  }

  /** Ways to mix. */
  public static final class Mix extends Words<MixMethod> {
    Mix() {
      super(MixMethod::named);
    }
  }

  /** {@code [N:]PATTERN=WEIGHT}. */
  public static final class OfBlock extends Words<BlockWeight> {
    OfBlock() {
      super(BlockWeight::parse);
    }
  }

  /** {@code N[-M]}. */
  public static final class Layers extends Words<LayerRange> {
    Layers() {
      super(LayerRange::parse);
    }
  }

  /** Whose dropouts a model has while it is tuned: {@code model} for its own. */
  public static final class Dropout extends Words<BaseDropout> {
    Dropout() {
      super(word -> named(BaseDropout.values(), word,
          "should be model, for the dropouts that its configuration asks for, or none."));
    }
  }

  /** How signs are elected. */
  public static final class Sign extends Words<MajoritySign> {
    Sign() {
      super(word -> named(MajoritySign.values(), word, "should be total or frequency."));
    }
  }

  /** What may fail to fit. */
  public static final class Misfit extends Words<AdapterMisfit> {
    Misfit() {
      super(AdapterMisfit::parse);
    }
  }

  /** Which biases are trained. */
  public static final class Bias extends Words<WholeWeights.Biases> {
    Bias() {
      super(Bias::parse);
    }

    private static WholeWeights.Biases parse(String word) {
      return switch (word) {
        case "none" -> WholeWeights.Biases.NONE;
        case "all" -> WholeWeights.Biases.ALL;
        case "lora_only" -> WholeWeights.Biases.LORA_ONLY;
        default -> throw new UserException("'" + word + "' should be none, all or lora_only.");
      };
    }
  }

  /** A PNG file or a folder. */
  public static final class Place extends Words<String> {
    Place() {
      super(PictureFiles::requirePlace);
    }
  }

  /** Types of the computation. */
  public static final class Type extends Words<ElementType> {
    Type() {
      super(ElementType::named);
    }
  }

  /** Samplers. */
  public static final class Scheduler extends Words<SchedulerKind> {
    Scheduler() {
      super(SchedulerKind::parse);
    }
  }

  /** What a U-Net predicts. */
  public static final class Prediction extends Words<PredictionType> {
    Prediction() {
      super(Prediction::parse);
    }

    private static PredictionType parse(String word) {
      return switch (word.strip().toLowerCase(Locale.ROOT).replace('-', '_')) {
        case "epsilon", "eps" -> PredictionType.EPSILON;
        case "v", "v_prediction" -> PredictionType.V_PREDICTION;
        case "sample" -> PredictionType.SAMPLE;
        default -> throw new UserException("'" + word + "' is nothing that a U-Net predicts. Use epsilon"
            + " (Stable Diffusion 1.x), v_prediction (2.x at 768 pixels) or sample.");
      };
    }
  }

  /** {@code WIDTHxHEIGHT}. */
  public static final class Size extends Words<PictureSize> {
    private static final Pattern SIZE = Pattern.compile("\\s*(\\d{1,5})\\s*[xX×]\\s*(\\d{1,5})\\s*");

    Size() {
      super(Size::parse);
    }

    private static PictureSize parse(String word) {
      Matcher sides = SIZE.matcher(word);
      int width = sides.matches() ? Integer.parseInt(sides.group(1)) : 0;
      int height = sides.matches() ? Integer.parseInt(sides.group(2)) : 0;
      if (width == 0 || height == 0) {
        throw new UserException("'" + word + "' should be WIDTHxHEIGHT in pixels, such as 512x768.");
      }
      return new PictureSize(width, height);
    }
  }
}
