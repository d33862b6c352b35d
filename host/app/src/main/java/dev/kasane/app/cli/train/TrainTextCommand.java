package dev.kasane.app.cli.train;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.base.QuantisedBase;
import dev.kasane.app.cli.options.BaseTypeOptions;
import dev.kasane.app.cli.options.PluginOptions;
import dev.kasane.app.cli.options.BaseDropout;
import dev.kasane.app.cli.options.Words;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.recipe.RecipeOptions;
import dev.kasane.app.recipe.UsualRecipe;
import dev.kasane.app.text.DemoTextLocation;
import dev.kasane.app.training.TextTrainingFacts;
import dev.kasane.app.training.TrainingFacts;
import dev.kasane.app.training.TrainingSession;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.WholeWeight;
import dev.kasane.core.spi.LiveUpdate;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.quant.Quantizer;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.demo.DemoExam;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.DecoderNames;
import dev.kasane.text.model.DropoutRates;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import dev.kasane.text.training.TextTask;
import dev.kasane.text.training.TrainingTexts;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
  private static final int EXAM_QUESTIONS = 48;

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
    Path folder = base == null ? DemoTextLocation.base() : base;
    try (PluginHost host = plugins.start()) {
      // Nothing heavy starts before everything that was typed and every record has been checked.
      MethodChoice choice = adapter.check(host.method(adapter.method));
      TextCheckpoint checkpoint = TextCheckpoint.open(folder);
      boolean segmented = run.isSegmented(spec, baseType.isQuantised(checkpoint.json()));
      baseType.settings();
      boolean originals = baseType.keepsOriginals(choice);
      Tokenizer tokenizer = Tokenizers.fitted(Tokenizers.open(folder), checkpoint.config().vocabularySize(), folder,
          this::tell);
      checkpoint.note().ifPresent(this::tell);
      CausalLm model = checkpoint.declare(precision);
      checkpoint.check(model, QuantisedBase::read);
      adapter.requireTargets(model);
      TrainingTexts texts =
          data.prepare(folder, tokenizer, checkpoint.config().positions().reach(), run);
      TrainingPlan plan = run.plan(texts.batches().batchesPerEpoch()).computingIn(precision.dataType());
      OptimizerFactory optimizer = run.optimizer();
      TrainingSession.Output results = output.toOutput(data.files().get(0), run.checkpointEvery, host);
      texts.report().lines().forEach(this::tell);
      try (NDManager owner = Engines.newManager()) {
        checkpoint.load(model, precision, QuantisedBase::read, owner);
        baseType.apply(model, originals, owner, spec.commandLine().getErr());
        applyDropouts(model);
        Engines.seed(run.seed);
        AdapterSet adapters = wholeWeights.addTo(
            adapter.attach(CausalLm.COMPONENT, model, choice, owner), model, owner);
        Quantizer.forgetOriginals(model);
        tellOfTies(model, adapters);
        TrainingFacts facts = TextTrainingFacts.of(checkpoint, data.files(),
            DecisiveOptions.of(spec, INDIFFERENT, Map.of()), adapter.numberedLayers(model));
        TrainingSession session = new TrainingSession(
            adapters, output.toSamples(model, tokenizer, texts), plan, results, this::tell);
        print(session.run(() -> new TextTask(model, texts, segmented), optimizer, facts));
        if (data.data.isEmpty() && base == null) {
          examine(model, tokenizer, adapters, owner);
        }
      }
    }
    return ExitCode.OK;
  }

  private void tellOfTies(CausalLm model, AdapterSet adapters) {
    DecoderNames names = model.config().names();
    List<String> changed = Stream.concat(adapters.layers().stream().map(each -> each.layer().path()),
        adapters.wholes().stream().map(WholeWeight::path))
        .filter(Set.of(names.tokens(), names.head())::contains).distinct().toList();
    if (model.config().tiedHead() && !changed.isEmpty()) {
      tell("The base's head " + names.head() + " scores by the rows of " + names.tokens() + " (tied embeddings). "
          + (changed.size() == 2 ? "Each of the two is trained by itself" : "What is trained changes " + changed.get(0)
          + " and leaves the other alone") + ", as in PEFT without ensure_weight_tying; merged into the base, it gives"
          + " the head a weight of its own.");
    }
  }

  private void applyDropouts(CausalLm model) {
    DropoutRates rates = model.config().dropouts();
    if (baseDropout == BaseDropout.NONE) {
      model.dropouts(DropoutRates.NONE);
    } else if (!rates.isNone()) {
      tell("The base's own dropouts are on while it is tuned, as its configuration asks for: embedding "
          + rates.embedding() + ", attention " + rates.attention() + ", residual " + rates.residual()
          + ". --base-dropout none switches them off.");
    }
  }

  /** What the demo model knows to say about products that no record describes, without and with the adapter. */
  private void examine(CausalLm model, Tokenizer tokenizer, AdapterSet adapters, NDManager owner) {
    adapters.phase(LiveUpdate.Phase.INFERENCE);
    adapters.detach();
    tell("Held-out products, before: " + DemoExam.take(model, tokenizer, EXAM_QUESTIONS, owner));
    adapters.attach();
    tell("Held-out products, after: " + DemoExam.take(model, tokenizer, EXAM_QUESTIONS, owner));
  }

  /** With nothing named, the demo model is tuned on the sample texts as their own recipe says. */
  @Override
  public Optional<Path> usualRecipe() {
    return data.data.isEmpty() && base == null ? DemoTextLocation.recipe() : Optional.empty();
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
