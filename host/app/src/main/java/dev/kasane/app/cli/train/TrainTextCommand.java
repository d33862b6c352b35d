package dev.kasane.app.cli.train;

import dev.kasane.app.DemoTextLocation;
import dev.kasane.app.base.QuantisedBase;
import dev.kasane.app.cli.options.BaseDropout;
import dev.kasane.app.cli.options.BaseTypeOptions;
import dev.kasane.app.cli.options.Lines;
import dev.kasane.app.cli.options.PluginOptions;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.recipe.RecipeOptions;
import dev.kasane.app.recipe.UsualRecipe;
import dev.kasane.app.training.TrainRun;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.text.base.TextBase;
import dev.kasane.text.base.TextTraining;
import dev.kasane.text.training.TrainingTexts;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kasane train text}. */
@Command(name = "text", mixinStandardHelpOptions = true, sortOptions = false,
    description = "Train an adapter of a language model on instructions or text. The files' names go to standard"
        + " output, one a line.")
final class TrainTextCommand implements Callable<Integer>, UsualRecipe {
  private static final Set<String> INDIFFERENT = Set.of("--eval-every", "--sample-tokens");

  @Spec
  private CommandSpec spec;

  @Mixin
  private TextDataOptions data;

  @RecipeKey
  @Option(names = "--base", paramLabel = "DIR",
      description = "Language model: a folder as Hugging Face lays it out (default: the demo language model).")
  private Path base;

  @RecipeKey
  @Option(names = "--dtype", paramLabel = "TYPE", converter = Words.Type.class, defaultValue = "float32",
      description = "Type of the computation: float32, bfloat16 or float16 (default: ${DEFAULT-VALUE}).")
  private ElementType precision;

  @Mixin
  private BaseTypeOptions baseType;

  @Mixin
  private AdapterTrainingOptions adapter;

  @RecipeKey
  @Option(names = "--base-dropout", paramLabel = "WHICH", converter = Words.Dropout.class, defaultValue = "model",
      description = "What is left out of the model itself while it is tuned: model for what its configuration asks for"
          + " (GPT-2 and OPT ask for a tenth), as transformers has it, or none (default: ${DEFAULT-VALUE}).")
  private BaseDropout baseDropout;

  @Mixin
  private WholeWeightOptions wholeWeights;

  @Mixin
  private TrainingRunOptions run;

  @Mixin
  private TextOutputOptions output;

  @Mixin
  private PluginOptions plugins;

  @Mixin
  private RecipeOptions recipe;

  @Override
  public Integer call() {
    Consumer<String> tell = Lines.on(spec.commandLine().getErr());
    PrintWriter out = spec.commandLine().getOut();
    TrainRun.run(new TrainRun.Request<>(plugins::start, adapter.wish(Map.of(), wholeWeights.wholes()),
        () -> open(tell), run.device(), baseType.settings(),
        (opened, quantised) -> training(opened, run.isSegmented(spec, quantised)),
        batches -> run.plan(batches).computingIn(precision.dataType()), run::optimizer,
        host -> output.toOutput(data.files().get(0), run.checkpointEvery, host),
        (choice, opened) -> DecisiveOptions.of(spec, INDIFFERENT, Map.of())), tell).forEach(out::println);
    out.flush();
    return ExitCode.OK;
  }

  private TextBase open(Consumer<String> tell) {
    TextBase opened =
        TextBase.open(base == null ? DemoTextLocation.base() : base, precision, QuantisedBase::read, tell);
    opened.checkpoint().note().ifPresent(tell);
    opened.check();
    return opened;
  }

  private TextTraining training(TextBase opened, boolean segmented) {
    TrainingTexts texts = data.prepare(opened, run);
    return new TextTraining(opened, texts, new TextTraining.Settings(data.files(), segmented,
        baseDropout != BaseDropout.NONE, data.data.isEmpty() && base == null), output.toSamples(opened, texts));
  }

  /** With nothing named, the demo model is tuned on the sample texts as their own recipe says. */
  @Override
  public Optional<Path> usualRecipe() {
    return data.data.isEmpty() && base == null ? DemoTextLocation.recipe() : Optional.empty();
  }
}
