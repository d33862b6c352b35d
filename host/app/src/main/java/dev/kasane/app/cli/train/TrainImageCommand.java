package dev.kasane.app.cli.train;

import dev.kasane.app.Home;
import dev.kasane.app.cli.options.BaseModelOptions;
import dev.kasane.app.cli.options.BaseTypeOptions;
import dev.kasane.app.cli.options.Lines;
import dev.kasane.app.cli.options.PluginOptions;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.recipe.EffectiveOptions;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.recipe.RecipeOptions;
import dev.kasane.app.recipe.UsualRecipe;
import dev.kasane.app.training.AdapterWish;
import dev.kasane.app.training.TrainRun;
import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.diffusion.base.ImageBase;
import dev.kasane.diffusion.base.ImageTraining;
import dev.kasane.diffusion.data.PictureDataset;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.scheduler.NoiseSchedule;
import dev.kasane.diffusion.training.ImageTrainingOptions;
import dev.kasane.diffusion.training.TrainingPictures;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kasane train image}. */
@Command(name = "image", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Train an adapter on captioned pictures. The files' names go to standard output, one a line.")
final class TrainImageCommand implements Callable<Integer>, UsualRecipe, EffectiveOptions {
  private static final Set<String> INDIFFERENT = Set.of("--prior-data", "--tokenizer", "--cache", "--validate-every",
      "--sample-prompt", "--sample-steps", "--sample-cfg");

  @Spec
  private CommandSpec spec;

  @Mixin
  private PictureDataOptions data;

  @Mixin
  private BaseModelOptions base;

  @Mixin
  private BaseTypeOptions baseType;

  @Mixin
  private AdapterTrainingOptions adapter;

  @Mixin
  private TextEncoderOptions textEncoder;

  @Mixin
  private TrainingRunOptions run;

  @Mixin
  private NoiseTrainingOptions noise;

  @Mixin
  private ImageOutputOptions output;

  @Mixin
  private PluginOptions plugins;

  @Mixin
  private RecipeOptions recipe;

  @RecipeKey
  @Option(names = "--clip-skip", paramLabel = "N", defaultValue = "0",
      description = "Layers of the text encoder to leave out at the end (default: ${DEFAULT-VALUE}).")
  private int clipSkip;

  @Override
  public Integer call() {
    Path folder = data.folder();
    PrintWriter out = spec.commandLine().getOut();
    TrainRun.run(new TrainRun.Request<>(plugins::start,
        adapter.wish(textEncoder.targets(), AdapterWish.Wholes.NONE), base::open, run.device(), baseType.settings(),
        (opened, quantised) -> training(folder, opened, run.isSegmented(spec, quantised)),
        batches -> run.plan(batches).computingIn(base.precision().dataType()), run::optimizer,
        host -> output.toOutput(folder, run.checkpointEvery, host),
        (choice, opened) -> DecisiveOptions.of(spec, INDIFFERENT, effective(choice, opened.model()))),
        Lines.on(spec.commandLine().getErr())).forEach(out::println);
    out.flush();
    return ExitCode.OK;
  }

  private ImageTraining training(Path folder, ImageBase opened, boolean segmented) {
    TrainingPictures pictures = pictures(folder, opened.model(), segmented);
    return new ImageTraining(opened, pictures,
        new ImageTraining.Settings(data.allowMissingCaptions, data.allowUnreadable, output.cache()),
        output.toSamples(opened.model(), pictures, run.seed));
  }

  /** Rank and alpha are the method's to say, the sizes of the pictures the base's. */
  @Override
  public Map<String, Object> effectiveOptions() {
    try (PluginHost host = plugins.start(); ImageBase opened = base.open()) {
      return effective(adapter.check(host.method(adapter.method)), opened.model());
    }
  }

  private Map<String, Object> effective(MethodChoice choice, ImageModel model) {
    Map<String, Object> values = new LinkedHashMap<>();
    adapter.addEffective(choice, values);
    textEncoder.addEffective(run.learningRate, values);
    data.addEffective(model.nativeSize(), values);
    return values;
  }

  /** With no pictures named, the sample pictures are trained on as their own recipe says. */
  @Override
  public Optional<Path> usualRecipe() {
    return data.data == null && !base.isGiven()
        ? Home.folder().map(home -> home.resolve("sample-images").resolve("recipe.yaml")).filter(Files::isRegularFile)
        : Optional.empty();
  }

  private TrainingPictures pictures(Path folder, ImageModel model, boolean segmented) {
    int layers = model.textEncoder().config().layers();
    Ranges.require(clipSkip >= 0 && clipSkip < layers, "«clip skip»", clipSkip, "0 to " + (layers - 1));
    int timesteps = NoiseSchedule.of(model.scheduler()).trainTimesteps();
    ImageTrainingOptions options = new ImageTrainingOptions(data.captions(), data.bucketPlan(model.nativeSize()),
        data.randomCrop, run.batchSize, data.flip, data.validation, noise.toOptions(timesteps), clipSkip,
        textEncoder.rate(run.learningRate), segmented, run.seed);
    PictureDataset dataset = PictureDataset.scan(data.dataset(folder));
    requirePictures(dataset, folder);
    return new TrainingPictures(dataset, options);
  }

  private static void requirePictures(PictureDataset dataset, Path folder) {
    if (dataset.pictures().isEmpty()) {
      throw new UserException(folder + " has no pictures to train on"
          + (dataset.unreadable().isEmpty() ? ". Name the folder that holds them with --data."
              : ", only unreadable ones. " + dataset.unreadable().get(0).reason()));
    }
  }
}
