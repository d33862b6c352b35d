package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.adapter.AdapterLoading;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.base.QuantisedBase;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.testkit.SharedData;
import dev.kasane.text.base.TextBase;
import dev.kasane.text.base.TextFamily;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The folders of make_peft_folders.py: read live, merged and written again they compute what PEFT computes. */
@ExtendWith(Distribution.class)
class PeftFoldersIT {
  private static final Path FOLDERS =
      Path.of(System.getProperty("kasane.root"), "plugins/peft/src/test/resources/folders");
  private static final int[] TOKENS = {3, 17, 30, 4, 9, 21};
  private static final double BOUND = 2e-5;
  private static final String WRAPPED = "llama-wrapped";
  private static final String UNMERGEABLE = "llama-lora-bias";

  @TempDir
  private Path folder;

  static Stream<String> adapters() {
    try (TensorSource logits = TensorSources.open(FOLDERS.resolve("logits.safetensors"))) {
      return List.copyOf(logits.names()).stream()
          .filter(name -> name.contains("-") && !name.equals(WRAPPED) && !name.equals(UNMERGEABLE)).sorted();
    }
  }

  private static Path base(String adapter) {
    return FOLDERS.resolve(adapter.substring(0, adapter.indexOf('-')));
  }

  private CommandHarness run(int expected, String... arguments) {
    CommandHarness command = new CommandHarness();
    assertThat(command.run(arguments)).as(command::err).isEqualTo(expected);
    return command;
  }

  private static void assertScores(String adapter, Path model, Path attached) {
    try (PluginHost host = PluginHost.start(PluginLocations.standard(null)); NDManager scope = Engines.newManager()) {
      CausalLm live = TextCheckpoint.open(model).model(ElementType.FLOAT32, scope);
      if (attached != null) {
        new AdapterLoading(host.formats(), host.methods(), Set.of())
            .load(new AdapterReference(attached, 1), AdapterBase.live(TextFamily.parts(live)), scope);
      }
      NDArray scores = live.logits(TokenBatch.of(List.of(TOKENS), 0, TokenBatch.Padding.LEFT), scope).squeeze(0);
      NDArray expected = expected(adapter, scope);
      assertThat(scores.getShape()).isEqualTo(expected.getShape());
      double error = scores.sub(expected).abs().max().toFloatArray()[0] / expected.abs().max().toFloatArray()[0];
      assertThat(error).as(adapter).isLessThan(BOUND);
    }
  }

  private static NDArray expected(String adapter, NDManager scope) {
    try (TensorSource logits = TensorSources.open(FOLDERS.resolve("logits.safetensors"))) {
      return logits.read(adapter, scope).duplicate();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gpt2"})
  void bareBasesAreThoseOfTransformers(String base) {
    assertScores(base, FOLDERS.resolve(base), null);
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void liveAndMergedAreWhatPeftComputes(String adapter) {
    Path given = FOLDERS.resolve(adapter);
    assertScores(adapter, base(adapter), given);
    Path merged = folder.resolve("merged");
    run(0, "merge", "--base", base(adapter).toString(), "--adapter", given.toString(), "--out", merged.toString());
    assertScores(adapter, merged, null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-sharded", "llama-sharded-bin", "llama-swift", "llama-pissa-patterns", "llama-dora",
      "gpt2-lora-bias"})
  void writtenAgainTheyMeanTheSame(String adapter) {
    Path copy = folder.resolve("copy");
    CommandHarness command = run(0, "convert", FOLDERS.resolve(adapter).toString(), copy.toString(), "--to", "peft",
        "--base", base(adapter).toString());
    assertThat(command.err()).contains("the same bit for bit");
    assertScores(adapter, base(adapter), copy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-pissa", "llama-olora", "gpt2-pissa"})
  void startsFromTheWeightBecomePlainByMixing(String adapter) {
    String given = FOLDERS.resolve(adapter).toString();
    Path plain = folder.resolve("plain");
    assertThat(run(1, "mix", given, "--base", base(adapter).toString(), "--out", plain.toString()).err())
        .contains("is no plain LoRA", adapter.replaceFirst(".*-", ""), "svd");
    run(0, "mix", given, "--method", "svd", "--rank", "4", "--base", base(adapter).toString(), "--out", plain.toString());
    assertScores(adapter, base(adapter), plain);
  }

  /** What the refusal of such a start advises. */
  @Test
  void aStartThatWasSavedIsTakenOffByMixing() {
    Path plain = folder.resolve("plain");
    Path llama = FOLDERS.resolve("llama");
    run(0, "mix", FOLDERS.resolve("niter/trained").toString(), FOLDERS.resolve("niter/before") + ":-1", "--base",
        llama.toString(), "--out", plain.toString());
    assertScores("niter", llama, plain);
  }

  @Test
  void aBiasOfTheUpdateIsMergedOnlyIntoOneOfTheLayer() {
    assertScores(UNMERGEABLE, base(UNMERGEABLE), FOLDERS.resolve(UNMERGEABLE));
    CommandHarness refused = run(1, "merge", "--base", base(UNMERGEABLE).toString(), "--adapter",
        FOLDERS.resolve(UNMERGEABLE).toString(), "--out", folder.resolve("m").toString());
    assertThat(refused.err()).contains("has no bias", "lora_bias", "unmerged");
  }

  @Test
  void wrappedKeysAreRefusedWithAdviceAndMended() {
    String given = FOLDERS.resolve(WRAPPED).toString();
    String base = base(WRAPPED).toString();
    CommandHarness refused = run(1, "merge", "--base", base, "--adapter", given, "--out", folder.resolve("m").toString());
    assertThat(refused.err()).contains("names of wrappers");
    CommandHarness live = run(1, "inspect", given, "--against", base);
    assertThat(live.out()).contains("--repair --base MODEL", "keys are mangled");
    Path mended = folder.resolve("mended");
    run(0, "convert", given, mended.toString(), "--to", "peft", "--base", base, "--repair");
    assertScores(WRAPPED, base(WRAPPED), mended);
  }

  @ParameterizedTest
  @ValueSource(strings = {"adapter_model-00001-of-00002.safetensors", "adapter_model.safetensors.index.json"})
  void onePartOrTheIndexStandsForAll(String name) {
    assertScores("llama-sharded", base("llama-sharded"), FOLDERS.resolve("llama-sharded").resolve(name));
  }

  private static Path reported(String name) {
    return SharedData.path("reports/" + name);
  }

  /** Words and loss are those of PEFT 0.21 on transformers 5.24. */
  @ParameterizedTest
  @ValueSource(strings = {"peft/unsloth_cfg", "peft/swift_cfg"})
  void foldersOfReportsAreReadAsPeftReadsThem(String name) {
    Path base = reported("peft/lm0");
    Path adapter = reported(name);
    CommandHarness words = run(0, "generate", "text", "--base", base.toString(), "--prompt", "The ferry leaves",
        "--temperature", "0", "--max-tokens", "12", "--adapter", adapter.toString());
    assertThat(words.out().stripTrailing()).isEqualTo("\ufffdloursN\ufffd.\ufffd hal\ufffdblen");
    assertThat(words.err()).contains("left out of account in adapter_config.json");
    Path merged = folder.resolve("merged");
    assertThat(run(0, "merge", "--base", base.toString(), "--adapter", adapter.toString(), "--out", merged.toString())
        .err()).contains("left out of account");
    assertThat(loss(merged)).isCloseTo(6.2552, within(1e-4));
    assertThat(run(0, "inspect", adapter.toString()).out()).contains("format           peft");
    assertThat(run(0, "convert", adapter.toString(), folder.resolve("copy").toString(), "--to", "peft", "--base",
        base.toString()).err()).contains("left out of account", "the same bit for bit");
  }

  private static double loss(Path base) {
    try (NDManager scope = Engines.newManager()) {
      TextBase text = TextBase.open(base, ElementType.FLOAT32, QuantisedBase::read, line -> { });
      text.load(scope);
      int[] tokens = text.tokens("The ferry leaves at nine and at half past eleven.");
      NDArray logits = text.model().logits(TokenBatch.of(List.of(tokens), 0, TokenBatch.Padding.LEFT), scope).squeeze(0);
      NDArray scores = logits.logSoftmax(-1);
      double sum = 0;
      for (int i = 1; i < tokens.length; i++) {
        sum -= scores.getFloat(i - 1, tokens[i]);
      }
      return sum / (tokens.length - 1);
    }
  }

  @Test
  void emptyTensorsAreRefusedEverywhere() {
    String adapter = reported("cases/zero3-empty-tensors").toString();
    String base = reported("cases/_lm").toString();
    String out = folder.resolve("out").toString();
    for (String[] command : new String[][] {
        {"inspect", adapter},
        {"inspect", adapter, "--against", base},
        {"generate", "text", "--base", base, "--prompt", "a", "--adapter", adapter},
        {"merge", "--base", base, "--adapter", adapter, "--out", out},
        {"mix", adapter, "--out", out},
        {"convert", adapter, out, "--to", "peft", "--base", base}}) {
      CommandHarness refused = run(1, command);
      assertThat(refused.err() + refused.out()).as(command[0])
          .contains("4 of 4 tensors are empty", "ZeRO-3 saved a shard", "gathered");
    }
  }

  @Test
  void missingPartsAndIndexesAreNamed() throws IOException {
    Path given = FOLDERS.resolve("llama-sharded");
    for (String name : List.of("adapter_config.json", "adapter_model-00001-of-00002.safetensors")) {
      Files.copy(given.resolve(name), folder.resolve(name));
    }
    assertThat(run(1, "inspect", folder.toString()).err()).contains("one of 2 parts", "index.json");
    Files.copy(given.resolve("adapter_model.safetensors.index.json"),
        folder.resolve("adapter_model.safetensors.index.json"));
    assertThat(run(1, "inspect", folder.toString()).err()).contains("adapter_model-00002-of-00002.safetensors");
    assertThat(run(1, "merge", "--base", base("llama-sharded").toString(), "--adapter", folder.toString(), "--out",
        folder.resolve("m").toString()).err()).contains("adapter_model-00002-of-00002.safetensors");
  }
}
