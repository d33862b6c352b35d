package dev.kasane.diffusion.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.CheckpointDiagnosis;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.diffusion.scheduler.PredictionType;
import dev.kasane.diffusion.scheduler.SchedulerConfig;
import dev.kasane.diffusion.unet.UNetConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A base model in one file, under the names of the original implementation.
 *
 * <p>The file holds weights only: configurations come from a folder that the user names, or are worked out
 * from the shapes and from what Stable Diffusion 1.x and 2.x have in common. Everything outside the three
 * parts is passed over: tables of the noise schedule, averaged copies ({@code model_ema.}), training state.
 */
final class OriginalLayout implements BaseLayout {
  private final Path file;
  private final TensorSource source;
  private final Optional<Path> configFolder;
  private final PredictionType predictionType;
  private final OriginalConfigs configs;

  private OriginalLayout(Path file, TensorSource source, BaseOptions options) {
    this.file = file;
    this.source = source;
    this.configFolder = options.configFolder();
    KnownBase kind = kind(source);
    this.predictionType = options.predictionType().orElseGet(() -> PredictionRule.of(kind, source));
    this.configs = new OriginalConfigs(source, kind, predictionType);
  }

  /**
   * Opens a file.
   *
   * @param view makes of the file's tensors those to read
   * @throws UserException when it cannot be read or is no Stable Diffusion 1.x or 2.x
   */
  static OriginalLayout open(Path file, BaseOptions options, UnaryOperator<TensorSource> view) {
    TensorSource source = TensorSources.open(file, view);
    try {
      requireParts(file, source);
      options.configFolder().ifPresent(OriginalLayout::requireFolder);
      return new OriginalLayout(file, source, options);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private static void requireParts(Path file, TensorSource source) {
    Set<String> names = source.names();
    if (new Section(source, BasePart.UNET.originalPrefix()).isEmpty()) {
      throw new UserException(file + " is no Stable Diffusion base model in one file: none of its "
          + names.size() + " tensors begins with model.diffusion_model."
          + CheckpointDiagnosis.describe(names).map(text -> " It looks like " + text + ".").orElse(""));
    }
    if (names.stream().anyMatch(name -> name.startsWith("conditioner.embedders.")
        || name.startsWith("model.diffusion_model.label_emb."))) {
      throw new UserException(file + " is Stable Diffusion XL; this engine runs versions 1.x and 2.x.");
    }
    for (BasePart part : BasePart.values()) {
      if (new Section(source, part.originalPrefix()).isEmpty()) {
        throw new UserException(file + " holds no " + part.folder() + ": no tensor begins with "
            + part.originalPrefix() + " Take an edition of the model with all three parts.");
      }
    }
  }

  private static void requireFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new UserException("The folder of configurations " + folder + " does not exist.");
    }
  }

  /** OpenCLIP's names are found in Stable Diffusion 2 alone. */
  private static KnownBase kind(TensorSource source) {
    return new Section(source, OriginalConfigs.OPEN_CLIP).isEmpty() ? KnownBase.SD1 : KnownBase.SD2;
  }

  @Override
  public JsonNode config(BasePart part) {
    return configFile(part).<JsonNode>map(JsonFiles::read).orElseGet(() -> configs.of(part));
  }

  @Override
  public String configOrigin(BasePart part) {
    return configFile(part).map(Path::toString)
        .orElse("the " + part.folder() + " configuration worked out from " + file);
  }

  private Optional<Path> configFile(BasePart part) {
    return configured(part.folder() + "/config.json");
  }

  private Optional<Path> configured(String name) {
    return configFolder.map(folder -> folder.resolve(name)).filter(Files::exists);
  }

  @Override
  public TensorSource tensors(BasePart part) {
    return switch (part) {
      case UNET -> unetNames().view(new Section(source, part.originalPrefix()));
      case VAE -> configs.vaeNames().view(new Section(source, part.originalPrefix()));
      case TEXT_ENCODER -> textEncoder();
    };
  }

  private PartNames unetNames() {
    NameTable table = UNetNames.of(
        UNetConfig.of(config(BasePart.UNET), configOrigin(BasePart.UNET)));
    return stored -> table.diffusers(stored).map(name -> List.of(PartNames.Placed.as(name)));
  }

  private TensorSource textEncoder() {
    Section openClip = new Section(source, OriginalConfigs.OPEN_CLIP);
    if (openClip.isEmpty()) {
      return new ClipNames().view(new Section(source, OriginalConfigs.CLIP));
    }
    int layers = config(BasePart.TEXT_ENCODER).path("num_hidden_layers").asInt();
    return new OpenClipNames(layers).view(openClip);
  }

  @Override
  public JsonNode schedulerJson() {
    return configured(DiffusersLayout.SCHEDULER).<JsonNode>map(JsonFiles::read)
        .orElseGet(configs::scheduler);
  }

  @Override
  public SchedulerConfig scheduler() {
    return configured(DiffusersLayout.SCHEDULER).map(SchedulerConfig::read)
        .orElseGet(() -> SchedulerConfig.stableDiffusion(predictionType));
  }

  @Override
  public Optional<Path> tokenizerFolder() {
    return configured(DiffusersLayout.TOKENIZER);
  }

  @Override
  public List<Path> weightFiles() {
    return List.of(file);
  }

  @Override
  public void close() {
    source.close();
  }
}
