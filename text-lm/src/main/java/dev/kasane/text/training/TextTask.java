package dev.kasane.text.training;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.BatchSource;
import dev.kasane.core.training.Objective;
import dev.kasane.core.training.TrainingTask;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.model.CausalLm;
import java.util.Locale;

/** Learning from text. */
public final class TextTask implements TrainingTask<TextBatch> {
  private final CausalLm model;
  private final TrainingTexts texts;
  private final LanguageObjective objective;

  /**
   * @param model the base, with the adapters attached
   * @param texts what it is trained on and measured with
   * @param checkpointing whether inner results are computed again in backward rather than kept
   */
  public TextTask(CausalLm model, TrainingTexts texts, boolean checkpointing) {
    this.model = model;
    this.texts = texts;
    this.objective = new LanguageObjective(model, checkpointing);
  }

  @Override
  public Objective<TextBatch> objective() {
    return objective;
  }

  @Override
  public BatchSource<TextBatch> batches() {
    return texts.batches();
  }

  @Override
  public boolean holdsBack() {
    return !texts.evaluation().isEmpty();
  }

  /** Over all supervised tokens; not a number when nothing was held back. */
  @Override
  public double heldOutLoss() {
    try (NDManager scope = Engines.newManager(model.device())) {
      return objective.evaluate(texts.evaluation(), scope);
    }
  }

  @Override
  public String describe(double heldOutLoss) {
    return String.format(Locale.ROOT, "held-out loss %.4f, perplexity %.3f", heldOutLoss, Math.exp(heldOutLoss));
  }
}
