package dev.kasane.text.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.training.AdamW;
import dev.kasane.core.training.AdapterTraining;
import dev.kasane.core.training.Checkpoints;
import dev.kasane.core.training.LearningRate;
import dev.kasane.core.training.OptimizerFactory;
import dev.kasane.core.training.TrainingPlan;
import dev.kasane.text.Goldens;
import dev.kasane.text.RandomDelta;
import dev.kasane.text.data.DataReport;
import dev.kasane.text.data.EncodedExample;
import dev.kasane.text.data.RowLayout;
import dev.kasane.text.data.TextBatch;
import dev.kasane.text.data.TextBatches;
import dev.kasane.text.model.CausalLm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageObjectiveTest {
  private static final double TOLERANCE = 1e-5;

  private final NDManager owner = Engines.newManager();

  @TempDir
  private Path folder;

  @AfterEach
  void close() {
    owner.close();
  }

  private record Case(List<EncodedExample> examples, List<Double> losses) {
    static Case of(String model) throws IOException {
      List<EncodedExample> examples = new ArrayList<>();
      List<Double> losses = new ArrayList<>();
      try (InputStream in = LanguageObjectiveTest.class.getResourceAsStream("losses.json")) {
        for (JsonNode row : new ObjectMapper().readTree(in)) {
          if (row.path("model").asText().equals(model)) {
            row.path("examples").forEach(example -> {
              examples.add(example(example));
              losses.add(example.path("loss").asDouble());
            });
          }
        }
      }
      return new Case(examples, losses);
    }

    private static EncodedExample example(JsonNode json) {
      int[] ids = new int[json.path("ids").size()];
      boolean[] supervised = new boolean[ids.length];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = json.path("ids").get(i).asInt();
      }
      Arrays.fill(supervised, json.path("answer").asInt(), ids.length, true);
      return new EncodedExample(ids, supervised, false, true);
    }

    /** The mean over all supervised tokens. */
    double mean() {
      double sum = 0;
      long tokens = 0;
      for (int i = 0; i < losses.size(); i++) {
        sum += losses.get(i) * examples.get(i).supervisedTokens();
        tokens += examples.get(i).supervisedTokens();
      }
      return sum / tokens;
    }
  }

  private double loss(CausalLm model, List<List<EncodedExample>> rows) {
    try (NDManager scope = owner.newSubManager(); GradMode off = GradMode.off()) {
      return new LanguageObjective(model, false).loss(RowLayout.of(rows, 0, 1), scope).getFloat();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gemma2", "gpt2"})
  void theLossIsThatOfTransformersHoweverExamplesAreLaidOut(String name) throws IOException {
    CausalLm model = Goldens.model(name, owner);
    Case golden = Case.of(name);
    for (int i = 0; i < golden.losses().size(); i++) {
      assertThat(loss(model, List.of(List.of(golden.examples().get(i)))))
          .isCloseTo(golden.losses().get(i), offset(TOLERANCE * golden.losses().get(i)));
    }
    double wanted = golden.mean();
    List<List<EncodedExample>> padded = golden.examples().stream().map(List::of).toList();
    assertThat(loss(model, padded)).isCloseTo(wanted, offset(TOLERANCE * wanted));
    assertThat(loss(model, List.of(golden.examples()))).isCloseTo(wanted, offset(TOLERANCE * wanted));
    List<TextBatch> held = padded.stream().map(row -> RowLayout.of(List.of(row), 0, 1)).toList();
    assertThat(new LanguageObjective(model, false).evaluate(held, owner))
        .isCloseTo(wanted, offset(TOLERANCE * wanted));
  }

  private static AdapterSet adapters(CausalLm model, NDManager owner) {
    Engines.seed(3);
    return Injector.attachFresh(CausalLm.COMPONENT, model, TargetSelector.of(List.of("q_proj", "down_proj"), List.of()),
        new MethodChoice(new RandomDelta(), Map.of()), owner);
  }

  private Map<String, float[]> gradients(List<TextBatch> batches, boolean checkpointing) {
    try (NDManager scope = Engines.newManager()) {
      CausalLm model = Goldens.model("llama", scope);
      AdapterSet set = adapters(model, scope);
      for (TextBatch batch : batches) {
        try (NDManager step = scope.newSubManager()) {
          new LanguageObjective(model, checkpointing).backward(batch, step, 1.0 / batches.size());
        }
      }
      Map<String, float[]> gradients = new TreeMap<>();
      set.trainableParameters().forEach((name, value) -> gradients.put(name, value.getGradient().toFloatArray()));
      return gradients;
    }
  }

  private static void same(Map<String, float[]> actual, Map<String, float[]> wanted) {
    assertThat(actual.keySet()).isEqualTo(wanted.keySet()).isNotEmpty();
    wanted.forEach((name, values) -> {
      float most = 0;
      for (float value : values) {
        most = Math.max(most, Math.abs(value));
      }
      assertThat(most).as(name).isPositive();
      assertThat(actual.get(name)).as(name).containsExactly(values, offset(most * 2e-4f));
    });
  }

  @Test
  void segmentsAndAccumulationGiveTheGradientsOfOnePass() throws IOException {
    List<EncodedExample> examples = Case.of("llama").examples();
    List<TextBatch> whole = List.of(RowLayout.of(examples.stream().map(List::of).toList(), 0, 1));
    Map<String, float[]> wanted = gradients(whole, false);
    same(gradients(whole, true), wanted);
    same(gradients(List.of(RowLayout.of(List.of(examples), 0, 1)), false), wanted);
    TextBatches apart = new TextBatches(examples, new TextBatches.Settings(1, 64, false, 3, 0, 1));
    same(gradients(List.of(apart.batch(0), apart.batch(1), apart.batch(2)), false), wanted);
  }

  private Map<String, float[]> train(Path checkpoints, long steps, boolean save) throws IOException {
    try (NDManager scope = Engines.newManager()) {
      CausalLm model = Goldens.model("llama", scope);
      AdapterSet set = adapters(model, scope);
      List<EncodedExample> examples = Case.of("llama").examples();
      TrainingTexts texts = new TrainingTexts(
          new TextBatches(examples, new TextBatches.Settings(2, 20, true, 1, 0, 9)), List.of(),
          DataReport.of(examples, Set.of()), List.of());
      TrainingPlan plan = new TrainingPlan(steps, 1, new LearningRate(LearningRate.Kind.CONSTANT, 1e-2, 0, 6), 1, 9);
      try (AdapterTraining<TextBatch> training = new AdapterTraining<>(new TextTask(model, texts, false), set, plan,
          OptimizerFactory.adamW(AdamW.Settings.DEFAULT))) {
        Checkpoints files = new Checkpoints(checkpoints, "run", 2, note -> { });
        long done = training.restore(files);
        training.train(done, save ? List.of(training.checkpointing(files, 1)) : List.of());
      }
      Map<String, float[]> result = new TreeMap<>();
      for (Map.Entry<String, NDArray> entry : set.trainableParameters().entrySet()) {
        result.put(entry.getKey(), entry.getValue().toFloatArray());
      }
      return result;
    }
  }

  @Test
  void aResumedRunEndsInTheSameBits() throws IOException {
    Map<String, float[]> alone = train(folder.resolve("alone"), 6, false);
    Map<String, float[]> half = train(folder.resolve("resumed"), 3, true);
    Map<String, float[]> resumed = train(folder.resolve("resumed"), 6, true);
    assertThat(resumed.keySet()).isEqualTo(alone.keySet());
    alone.forEach((name, values) -> {
      assertThat(resumed.get(name)).as(name).isEqualTo(values);
      assertThat(half.get(name)).as(name).isNotEqualTo(values);
    });
  }
}
