package dev.kasane.plugin.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.Trainer;
import dev.kasane.core.training.TrainingListener;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.data.EncodedExample;
import dev.kasane.text.data.RowLayout;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.DropoutRates;
import dev.kasane.text.training.LanguageObjective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Fifty steps of supervised tuning as transformers' Trainer makes them on a PEFT model, from make_curves.py: loss on
 * answers, padding, accumulation, clipping, weight decay, warm-up and schedule together.
 */
class LossCurveParityTest {
  private static final double PERCENT = 0.01;
  private static final int BATCH = 2;
  private static final int ACCUMULATION = 2;
  private static final int WARMUP = 7;
  private static final double ALPHA = 8;
  private static final double CLIP = 2;
  private static final AdamW.Settings SETTINGS = new AdamW.Settings(0.9, 0.98, 1e-8, 0.1);

  private final NDManager scope = Engines.newManager();
  private TensorSource golden;

  @AfterEach
  void close() {
    golden.close();
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"llama, COSINE, false", "llama, COSINE, true", "gpt2, LINEAR, false", "gpt-neox, CONSTANT, false"})
  void theLossesAreThoseOfTransformersAndPeft(String base, LearningRate.Kind kind, boolean checkpointing) {
    golden = TensorSources.open(PeftModels.GOLDEN.resolve("curves").resolve(base + ".safetensors"));
    CausalLm model = TextCheckpoint.open(PeftModels.GOLDEN.resolve(base)).model(ElementType.FLOAT32, scope);
    model.dropouts(DropoutRates.NONE);
    AdapterSet set = PeftModels.restore(model, golden, "before.", ALPHA, scope);
    double[] losses = golden.read("losses", scope).toDoubleArray();
    List<TrainingListener.StepReport> steps = new ArrayList<>();
    TrainingListener listener = new TrainingListener() {
      @Override
      public void onStep(StepReport step) {
        steps.add(step);
      }
    };
    TrainingPlan plan = new TrainingPlan(losses.length, ACCUMULATION,
        new LearningRate(kind, 2e-2, WARMUP, losses.length), CLIP, 1);
    List<EncodedExample> examples = examples();
    new Trainer<>(new LanguageObjective(model, checkpointing), number -> batch(examples, (int) number),
        new AdamW(set.trainableParameters(), SETTINGS, scope), plan, List.of(listener)).run(0);
    compare(steps, losses);
    assertThat(losses[losses.length - 1]).as("something is learnt").isLessThan(losses[0] / 2);
    PeftModels.compare(set, golden, "after.", false, 1e-3);
  }

  private void compare(List<TrainingListener.StepReport> steps, double[] losses) {
    double[] norms = golden.read("norms", scope).toDoubleArray();
    double[] rates = golden.read("rates", scope).toDoubleArray();
    assertThat(Arrays.stream(norms).boxed()).as("some are clipped, some are not")
        .anyMatch(norm -> norm > CLIP).anyMatch(norm -> norm < CLIP);
    assertThat(steps).hasSameSizeAs(losses);
    for (int step = 0; step < losses.length; step++) {
      TrainingListener.StepReport made = steps.get(step);
      assertThat(made.learningRate()).as("rate " + step).isCloseTo(rates[step], withinPercentage(1e-6));
      assertThat(made.loss()).as("loss " + step).isCloseTo(losses[step], withinPercentage(PERCENT));
      assertThat(made.gradientNorm()).as("norm " + step).isCloseTo(norms[step], withinPercentage(10 * PERCENT));
    }
  }

  private List<EncodedExample> examples() {
    NDArray table = golden.read("ids", scope);
    int width = (int) table.getShape().get(1);
    int[] ids = table.toIntArray();
    int[] labels = golden.read("labels", scope).toIntArray();
    int[] lengths = golden.read("lengths", scope).toType(DataType.INT32, false).toIntArray();
    return IntStream.range(0, lengths.length).mapToObj(row -> {
      int from = row * width;
      boolean[] supervised = new boolean[lengths[row]];
      for (int i = 0; i < supervised.length; i++) {
        supervised[i] = labels[from + i] != TextBatch.IGNORED;
      }
      return new EncodedExample(Arrays.copyOfRange(ids, from, from + lengths[row]), supervised, false, true);
    }).toList();
  }

  /** The examples in their order; a batch's share is its part of its step's answers. */
  private static TextBatch batch(List<EncodedExample> examples, int number) {
    int first = number / ACCUMULATION * ACCUMULATION * BATCH;
    double all = supervised(examples.subList(first, first + ACCUMULATION * BATCH));
    List<EncodedExample> rows = examples.subList(number * BATCH, (number + 1) * BATCH);
    return RowLayout.of(rows.stream().map(List::of).toList(), 0, supervised(rows) * ACCUMULATION / all);
  }

  private static double supervised(List<EncodedExample> examples) {
    return examples.stream().mapToInt(EncodedExample::supervisedTokens).sum();
  }
}
