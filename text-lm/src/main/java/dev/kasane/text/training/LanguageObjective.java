package dev.kasane.text.training;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.Segment;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.TorchScript;
import dev.kasane.core.training.Objective;
import dev.kasane.core.training.SegmentedRun;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.TokenBatch;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The causal objective: every supervised token is predicted from what stands before it. The loss is the mean
 * cross-entropy over the supervised tokens of an accumulated step, as Hugging Face's trainer has it, so the
 * batch's share goes into it.
 *
 * <p>The model's own dropouts are on in {@link #backward} and off in everything else.
 *
 * <p>The head runs only where a token counts, which for answers after long prompts is a small part.
 */
public final class LanguageObjective implements Objective<TextBatch> {
  /** The operators of {@code training.ts.py}. */
  private interface Script {
    Script OPS = TorchScript.bind(Script.class, "training.ts.py");

    /** features (rows, tokens, width) at places in rows·tokens: (places, width). */
    NDArray atPlaces(NDArray features, NDArray places);

    /** The mean over places in float32; scores (places, vocabulary), targets (places). */
    NDArray crossEntropy(NDArray scores, NDArray targets);
  }

  private final CausalLm model;
  private final boolean checkpointing;

  /**
   * @param model the model with its adapters
   * @param checkpointing whether inner results of the layers are computed again in backward rather than kept
   */
  public LanguageObjective(CausalLm model, boolean checkpointing) {
    this.model = model;
    this.checkpointing = checkpointing;
  }

  @Override
  public NDArray loss(TextBatch batch, NDManager scope) {
    NDList state = model.state(tokens(batch), scope);
    for (Segment segment : model.bodySegments()) {
      state = segment.forward(state);
    }
    NDArray loss = Targets.of(batch, scope).loss(model, state.get(0));
    return batch.share() == 1 ? loss : OPS.scale(loss, batch.share());
  }

  @Override
  public NDArray backward(TextBatch batch, NDManager scope, double weight) {
    if (batch.supervisedTokens() == 0) {
      return scope.zeros(new Shape());
    }
    model.training(true);
    try {
      return checkpointing ? backwardInSegments(batch, scope, weight)
          : Objective.super.backward(batch, scope, weight);
    } finally {
      model.training(false);
    }
  }

  private NDArray backwardInSegments(TextBatch batch, NDManager scope, double weight) {
    try (GradMode on = GradMode.on()) {
      NDList state = model.state(tokens(batch), scope);
      Targets targets = Targets.of(batch, scope);
      try (SegmentedRun run = new SegmentedRun(model.bodySegments(), scope)) {
        run.forward(state);
        NDArray loss = run.backward(features -> targets.loss(model, features), weight * batch.share());
        return OPS.scale(OPS.cast(loss, DataType.FLOAT64), batch.share());
      }
    }
  }

  /**
   * The mean loss over all supervised tokens of some batches, without gradients.
   *
   * @param batches what was held back
   * @param parent parent of the manager of everything computed
   * @return the mean cross-entropy in nats; its exponential is the perplexity. Not a number without tokens
   */
  public double evaluate(List<TextBatch> batches, NDManager parent) {
    double sum = 0;
    long tokens = 0;
    for (TextBatch batch : batches) {
      long count = batch.supervisedTokens();
      if (count > 0) {
        try (NDManager scope = parent.newSubManager(); GradMode off = GradMode.off()) {
          sum += OPS.cast(loss(batch, scope), DataType.FLOAT32).getFloat() / batch.share() * count;
          tokens += count;
        }
      }
    }
    return tokens == 0 ? Double.NaN : sum / tokens;
  }

  private static TokenBatch tokens(TextBatch batch) {
    boolean plain = LongStream.of(batch.segments()).allMatch(segment -> segment == 1);
    return new TokenBatch(batch.rows(), batch.length(), batch.ids(), plain ? null : batch.segments());
  }

  /** Where predictions count and what they should be. */
  private record Targets(NDArray places, NDArray ids) {
    static Targets of(TextBatch batch, NDManager scope) {
      long[] labels = batch.labels();
      long[] at = LongStream.range(0, labels.length).filter(i -> labels[(int) i] != TextBatch.IGNORED).toArray();
      // The first token of a segment never counts, so the place before is of the same row.
      return new Targets(scope.create(LongStream.of(at).map(i -> i - 1).toArray()),
          scope.create(LongStream.of(at).map(i -> labels[(int) i]).toArray()));
    }

    NDArray loss(CausalLm model, NDArray features) {
      return Script.OPS.crossEntropy(model.scores(Script.OPS.atPlaces(features, places)), ids);
    }
  }
}
