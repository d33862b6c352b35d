package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.adapter.AdapterLoading;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.testkit.SharedData;
import dev.kasane.text.base.TextFamily;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.data.ExampleEncoder;
import dev.kasane.text.data.ExampleTemplates;
import dev.kasane.text.data.RecordFiles;
import dev.kasane.text.data.RowLayout;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import dev.kasane.text.training.LanguageObjective;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters of language models that other tools' users report; losses are those of PEFT. */
@ExtendWith(Distribution.class)
class ReportedAdaptersIT {
  private Path cases;

  @TempDir
  private Path folder;

  @BeforeEach
  void areThere() {
    cases = SharedData.path("reports/cases");
  }

  private static double loss(Path base, Path adapter, Path texts) {
    try (PluginHost host = PluginHost.start(PluginLocations.standard(null)); NDManager scope = Engines.newManager()) {
      CausalLm model = TextCheckpoint.open(base).model(ElementType.FLOAT32, scope);
      if (adapter != null) {
        new AdapterLoading(host.formats(), host.methods(), Set.of())
            .load(new AdapterReference(adapter, 1), AdapterBase.live(TextFamily.parts(model)), scope);
      }
      Tokenizer tokenizer = Tokenizers.open(base);
      ExampleEncoder encoder = new ExampleEncoder(tokenizer, 512, true);
      return new LanguageObjective(model, false).evaluate(RecordFiles.read(texts).stream()
          .map(ExampleTemplates.choose("text", base, tokenizer)::of).flatMap(text -> encoder.encode(text).stream())
          .map(example -> RowLayout.of(List.of(List.of(example)), 0, 1)).toList(), scope);
    }
  }

  @ParameterizedTest
  @CsvSource({"merge-modules-to-save, _lm", "tied-lora-on-head, _lm-tied"})
  void liveAndMergedTheyHaveTheLossOfPeft(String name, String baseName) {
    Path base = cases.resolve(baseName);
    Path adapter = cases.resolve(name);
    JsonNode right = JsonFiles.read(adapter.resolve("right.json")).path("right").path("live_loss");
    Path texts = adapter.resolve("text.jsonl");
    assertThat(loss(base, adapter, texts)).isCloseTo(right.path("loss").asDouble(), within(1e-4));
    Path merged = folder.resolve("merged");
    CommandHarness command = new CommandHarness();
    assertThat(command.run("merge", "--base", base.toString(), "--adapter", adapter.toString(), "--out",
        merged.toString())).as(command::err).isZero();
    assertThat(loss(merged, null, texts)).isCloseTo(right.path("loss").asDouble(), within(1e-4));
  }

  @Test
  void aTiedHeadThatIsSavedWholeIsTrainedAsACopy() {
    Path out = folder.resolve("run");
    CommandHarness command = new CommandHarness();
    assertThat(command.run("train", "text", "--base", cases.resolve("_lm-tied").toString(), "--data",
        cases.resolve("tied-modules-to-save/data.jsonl").toString(), "--modules-to-save", "lm_head", "--steps", "2",
        "--out", out.toString(), "--name", "run", "--no-samples")).as(command::err).isZero();
    CommandHarness inspected = new CommandHarness();
    assertThat(inspected.run("inspect", out.resolve("run").toString())).as(inspected::err).isZero();
    assertThat(inspected.out()).contains("lm_head");
  }
}
