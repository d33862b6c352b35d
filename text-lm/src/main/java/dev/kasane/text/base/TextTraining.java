package dev.kasane.text.base;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.family.ProgressDisplay;
import dev.kasane.core.family.Samples;
import dev.kasane.core.family.Training;
import dev.kasane.core.family.TrainingFacts;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.WholeWeight;
import dev.kasane.core.spi.LiveUpdate;
import dev.kasane.core.spi.TrainingRecord.NumberedLayers;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.core.training.TrainingTask;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.demo.DemoExam;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.DecoderNames;
import dev.kasane.text.model.DropoutRates;
import dev.kasane.text.training.TextTask;
import dev.kasane.text.training.TrainingTexts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Texts that a language model is to learn from. */
public final class TextTraining implements Training<TextBatch> {
  private static final int EXAM_QUESTIONS = 48;

  private final TextBase base;
  private final TrainingTexts texts;
  private final Settings settings;
  private final SampleAnswers samples;

  /**
   * How it is trained on them.
   *
   * @param files where the texts come from
   * @param segmented whether inner results are computed again in backward rather than kept
   * @param dropouts whether what the model's configuration asks for is left out of it
   * @param examined whether it is the demo model, which is asked about what no record describes
   */
  public record Settings(List<Path> files, boolean segmented, boolean dropouts, boolean examined) {}

  /**
   * @param base what learns
   * @param texts what it learns from
   * @param settings how
   * @param samples what is tried out
   */
  public TextTraining(TextBase base, TrainingTexts texts, Settings settings, SampleAnswers samples) {
    this.base = base;
    this.texts = texts;
    this.settings = settings;
    this.samples = samples;
  }

  @Override
  public long batchesPerEpoch() {
    return texts.batches().batchesPerEpoch();
  }

  @Override
  public void report(Consumer<String> tell) {
    texts.report().lines().forEach(tell);
  }

  @Override
  public void loaded(Consumer<String> tell) {
    DropoutRates rates = base.model().config().dropouts();
    if (!settings.dropouts()) {
      base.model().dropouts(DropoutRates.NONE);
    } else if (!rates.isNone()) {
      tell.accept("The base's own dropouts are on while it is tuned, as its configuration asks for: embedding "
          + rates.embedding() + ", attention " + rates.attention() + ", residual " + rates.residual()
          + ". «base dropout none» switches them off.");
    }
  }

  @Override
  public void attached(AdapterSet adapters, Consumer<String> tell) {
    CausalLm model = base.model();
    DecoderNames names = model.config().names();
    List<String> changed = Stream.concat(adapters.layers().stream().map(each -> each.layer().path()),
        adapters.wholes().stream().map(WholeWeight::path))
        .filter(Set.of(names.tokens(), names.head())::contains).distinct().toList();
    if (model.config().head().tied() && !changed.isEmpty()) {
      tell.accept("The base's head " + names.head() + " scores by the rows of " + names.tokens()
          + " (tied embeddings). "
          + (changed.size() == 2 ? "Each of the two is trained by itself" : "What is trained changes " + changed.get(0)
          + " and leaves the other alone") + ", as in PEFT without ensure_weight_tying; merged into the base, it gives"
          + " the head a weight of its own.");
    }
  }

  @Override
  public TrainingFacts facts(TrainingPlan plan, Map<String, String> options, Optional<NumberedLayers> layers) {
    return TextTrainingFacts.of(base.checkpoint(), settings.files(), options, layers);
  }

  @Override
  public Samples<?> samples() {
    return samples;
  }

  @Override
  public TrainingTask<TextBatch> task(AdapterSet adapters, NDManager owner, ProgressDisplay progress) {
    return new TextTask(base.model(), texts, settings.segmented());
  }

  /** What the demo model knows to say about products that no record describes, without and with the adapter. */
  @Override
  public void finished(AdapterSet adapters, NDManager owner, Consumer<String> tell) {
    if (settings.examined()) {
      adapters.phase(LiveUpdate.Phase.INFERENCE);
      adapters.detach();
      tell.accept("Held-out products, before: " + exam(owner));
      adapters.attach();
      tell.accept("Held-out products, after: " + exam(owner));
    }
  }

  private Object exam(NDManager owner) {
    return DemoExam.take(base.model(), base.tokenizer(), EXAM_QUESTIONS, owner);
  }
}
