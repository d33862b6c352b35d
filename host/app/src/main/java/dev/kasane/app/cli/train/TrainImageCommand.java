package dev.kasane.app.cli.train;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.Home;
import dev.kasane.app.cli.options.BaseModelOptions;
import dev.kasane.app.cli.options.BaseTypeOptions;
import dev.kasane.app.cli.options.PluginOptions;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.recipe.EffectiveOptions;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.recipe.RecipeOptions;
import dev.kasane.app.recipe.UsualRecipe;
import dev.kasane.app.terminal.Progress;
import dev.kasane.app.training.ImageTrainingFacts;
import dev.kasane.app.training.SamplePictures;
import dev.kasane.app.training.TrainingFacts;
import dev.kasane.app.training.TrainingSession;
import dev.kasane.core.Ranges;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.diffusion.checkpoint.BaseCheckpoint;
import dev.kasane.diffusion.checkpoint.BasePart;
import dev.kasane.diffusion.data.DatasetReport;
import dev.kasane.diffusion.data.PictureDataset;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.pipeline.ImageModels;
import dev.kasane.diffusion.scheduler.NoiseSchedule;
import dev.kasane.diffusion.training.ImageTask;
import dev.kasane.diffusion.training.ImageTrainingOptions;
import dev.kasane.diffusion.training.TrainingPictures;
import dev.kasane.quant.Quantizer;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
    try (PluginHost host = plugins.start(); BaseCheckpoint checkpoint = base.open()) {
      // Nothing heavy starts before everything that was typed and every picture has been checked.
      MethodChoice choice = adapter.check(host.method(adapter.method));
      ImageModel model = ImageModels.declare(checkpoint, base.precision());
      boolean segmented = run.isSegmented(spec, baseType.isQuantised(checkpoint.config(BasePart.UNET)));
      baseType.settings();
      boolean originals = baseType.keepsOriginals(choice);
      TrainingPictures pictures = pictures(folder, model, segmented);
      TrainingPlan plan = run.plan(pictures.batchesPerEpoch()).computingIn(base.precision().dataType());
      OptimizerFactory optimizer = run.optimizer();
      TrainingSession.Output results = output.toOutput(folder, run.checkpointEvery, host);
      SamplePictures samples = output.toSamples(model, pictures, run.seed);
      adapter.requireTargets(model.unet());
      textEncoder.requireTargets(model.textEncoder());
      report(pictures);
      try (NDManager owner = Engines.newManager()) {
        ImageModels.loadWeights(model, checkpoint, base.precision(), owner);
        baseType.apply(model, originals, owner, spec.commandLine().getErr());
        Engines.seed(run.seed);
        AdapterSet adapters = textEncoder.addTo(
            adapter.attach(ImageModel.UNET, model.unet(), choice, owner),
            model.textEncoder(), choice, owner);
        Quantizer.forgetOriginals(model.unet());
        String baseHash = checkpoint.sha256();
        TrainingFacts facts =
            ImageTrainingFacts.of(checkpoint, baseHash, pictures, plan, base.precision().toString(),
                DecisiveOptions.of(spec, INDIFFERENT, effective(choice, model)));
        TrainingSession session = new TrainingSession(adapters, samples, plan, results, this::tell);
        print(session.run(() -> encoded(new ImageTask(
            model, baseHash, adapters, pictures, output.cache(), owner), pictures), optimizer, facts));
      }
    }
    return ExitCode.OK;
  }

  private static ImageTask encoded(ImageTask task, TrainingPictures pictures) {
    int all = pictures.dataset().pictures().size();
    try (Progress progress = Progress.start("Encoding", "pictures", all, 0)) {
      task.encode((done, total) -> progress.stepTo(done));
    }
    return task;
  }

  /** Rank and alpha are the method's to say, the sizes of the pictures the base's. */
  @Override
  public Map<String, Object> effectiveOptions() {
    try (PluginHost host = plugins.start(); BaseCheckpoint checkpoint = base.open()) {
      return effective(adapter.check(host.method(adapter.method)), ImageModels.declare(checkpoint, base.precision()));
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

  private void report(TrainingPictures pictures) {
    DatasetReport report = pictures.report();
    report.render().forEach(this::tell);
    report.check(data.allowMissingCaptions, data.allowUnreadable);
  }

  private void tell(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }

  private void print(List<Path> files) {
    PrintWriter out = spec.commandLine().getOut();
    files.forEach(out::println);
    out.flush();
  }
}
