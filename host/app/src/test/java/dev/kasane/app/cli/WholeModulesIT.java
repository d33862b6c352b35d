package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.adapter.AdapterLoading;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.adapter.AdapterVocabulary;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.algebra.Vocabulary;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.files.FolderCopy;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.StoredTensors;
import dev.kasane.text.base.TextFamily;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.TokenBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Adapters of PEFT with whole modules, biases, heads, embeddings and resized vocabularies, of make_whole_modules.py:
 * live and folded into their base they score as in PEFT.
 */
@ExtendWith(Distribution.class)
class WholeModulesIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final Path GOLDEN = ROOT.resolve("text-lm/src/test/resources/golden/whole");
  private static final JsonNode CASES = JsonFiles.read(GOLDEN.resolve("cases.json"));
  private static final String HEAD = "lm_head.weight";
  private static final float ROUNDING = 2e-5f;

  private static PluginHost plugins;

  @TempDir
  private Path folder;
  private final NDManager scope = Engines.newManager();
  private final GradMode off = GradMode.off();
  private final CommandHarness command = new CommandHarness();
  private int runs;

  @BeforeAll
  static void open() {
    plugins = PluginHost.start(new PluginLocations(List.of(ROOT.resolve("host/app/target/kasane/plugins"))));
  }

  @AfterAll
  static void closePlugins() {
    plugins.close();
  }

  @AfterEach
  void close() {
    off.close();
    scope.close();
  }

  static Stream<String> cases() {
    Iterable<String> names = CASES::fieldNames;
    return StreamSupport.stream(names.spliterator(), false);
  }

  private static Path base(String name) {
    return GOLDEN.resolve(CASES.path(name).path("base").asText());
  }

  private NDArray golden(String name) {
    try (TensorSource source = TensorSources.open(GOLDEN.resolve("expected.safetensors"))) {
      return source.read(name, scope);
    }
  }

  private float[] scores(CausalLm model) {
    int rows = model.config().vocabularySize();
    long[] ids = golden("ids").toType(DataType.INT64, false).toLongArray();
    int[] tokens = new int[ids.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (int) Math.min(ids[i], rows - 1);
    }
    return model.logits(TokenBatch.of(List.of(tokens), 0, TokenBatch.Padding.LEFT), scope).toFloatArray();
  }

  private void assertScores(float[] found, String name) {
    float[] expected = golden(name).toFloatArray();
    float largest = 0;
    for (float each : expected) {
      largest = Math.max(largest, Math.abs(each));
    }
    assertThat(found).as(name).containsExactly(expected, within(ROUNDING * largest));
  }

  private float[] live(Path base, Path... adapters) {
    return live(base, Stream.of(adapters).map(each -> new AdapterReference(each, 1)).toList());
  }

  private float[] live(Path base, List<AdapterReference> adapters) {
    TextCheckpoint own = TextCheckpoint.open(base);
    CausalLm declared = own.declare(ElementType.FLOAT32);
    Vocabulary tables = new Vocabulary("model.embed_tokens", "lm_head",
        own.config().head().tied() ? Optional.of(HEAD) : Optional.empty());
    TextCheckpoint fitting = AdapterVocabulary.of(adapters.stream().map(AdapterReference::file).toList(),
        plugins.formats(), tables, AdapterBase.live(TextFamily.parts(declared)).places(), own.config().vocabularySize())
        .map(each -> own.withVocabulary(each.rows())).orElse(own);
    CausalLm model = fitting.model(ElementType.FLOAT32, scope);
    AdapterLoading loading = new AdapterLoading(plugins.formats(), plugins.methods(), Set.of());
    adapters.forEach(each -> loading.load(each, AdapterBase.live(TextFamily.parts(model)), scope));
    return scores(model);
  }

  private Path run(String verb, Path base, String... adapters) {
    Path out = folder.resolve("out" + runs++);
    assertThat(command(verb, base, out, adapters)).as(command::err).isZero();
    return out;
  }

  private int command(String verb, Path base, Path out, String... adapters) {
    List<String> words = new ArrayList<>(List.of(verb, "--base", base.toString(), "--out", out.toString()));
    for (String adapter : adapters) {
      if (verb.endsWith("merge")) {
        words.add("--adapter");
      }
      words.add(adapter);
    }
    return command.run(words.toArray(String[]::new));
  }

  private float[] opened(Path model) {
    return scores(TextCheckpoint.open(model).model(ElementType.FLOAT32, scope));
  }

  private static boolean holdsHead(Path model) {
    try (TensorSource source = TensorSources.open(model.resolve("model.safetensors"))) {
      return source.names().contains(HEAD);
    }
  }

  private static String at(String name) {
    return GOLDEN.resolve(name).toString();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void liveAndMergedItScoresAsInPeft(String name) {
    assertScores(live(base(name), GOLDEN.resolve(name)), name);
    Path merged = run("merge", base(name), at(name));
    assertScores(opened(merged), name);
    JsonNode config = JsonFiles.read(merged.resolve("config.json"));
    assertThat(config.path("vocab_size").asInt()).isEqualTo(CASES.path(name).path("rows").asInt());
    boolean tied = CASES.path(name).path("tied").asBoolean();
    assertThat(config.path("tie_word_embeddings").asBoolean()).isEqualTo(tied);
    assertThat(holdsHead(merged)).isEqualTo(!tied);
  }

  @Test
  void aStoredHeadOfOtherValuesCountsThoughTheConfigurationTiesIt() throws IOException {
    Path model = Files.createDirectories(folder.resolve("own-head"));
    FolderCopy.copy(GOLDEN.resolve("base-tied"), model, file -> file.endsWith("model.safetensors"));
    List<TensorDeclaration> tensors = new ArrayList<>();
    try (TensorSource source = TensorSources.open(GOLDEN.resolve("base-tied/model.safetensors"))) {
      source.names().forEach(each -> tensors.add(StoredTensors.declare(each, source.read(each, scope))));
      tensors.add(StoredTensors.declare(HEAD, golden("own-head.weight")));
      SafetensorsWriter.write(model.resolve("model.safetensors"), tensors, Map.of());
    }
    assertScores(opened(model), "own-head");
    assertThat(TextCheckpoint.open(model).note()).hasValueSatisfying(
        note -> assertThat(note).contains(model.toString(), HEAD, "tie_word_embeddings"));
    assertThat(opened(run("merge", model, at("tied-whole-head")))).isNotEqualTo(opened(model));
  }

  @Test
  void theIndexOfAModelInSeveralFilesNamesTheNewHead() throws IOException {
    Path model = Files.createDirectories(folder.resolve("sharded"));
    FolderCopy.copy(GOLDEN.resolve("base-tied"), model, file -> file.endsWith("model.safetensors"));
    ObjectNode index = new ObjectMapper().createObjectNode();
    try (TensorSource source = TensorSources.open(GOLDEN.resolve("base-tied/model.safetensors"))) {
      for (boolean tables : new boolean[] {true, false}) {
        String file = "model-0000" + (tables ? 1 : 2) + "-of-00002.safetensors";
        List<String> names = source.names().stream().filter(each -> each.contains("embed") == tables).toList();
        names.forEach(each -> index.withObject("/weight_map").put(each, file));
        SafetensorsWriter.write(model.resolve(file),
            names.stream().map(each -> StoredTensors.declare(each, source.read(each, scope))).toList(), Map.of());
      }
    }
    index.withObject("/metadata").put("total_size", 100);
    Files.writeString(model.resolve("model.safetensors.index.json"), index.toString());
    Path merged = run("merge", model, at("tied-embedding"));
    assertScores(opened(merged), "tied-embedding");
    JsonNode after = JsonFiles.read(merged.resolve("model.safetensors.index.json"));
    assertThat(after.path("weight_map").path(HEAD).asText()).isEqualTo("model-00001-of-00002.safetensors");
    assertThat(after.path("metadata").path("total_size").asLong()).isEqualTo(100 + 64 * 16 * Float.BYTES);
  }

  @Test
  void anotherStrengthIsThatShareOfTheDifferenceWhereverItIsUsed() {
    Path base = GOLDEN.resolve("base-tied");
    List<AdapterReference> both = List.of(new AdapterReference(GOLDEN.resolve("tied-whole"), 0.5),
        new AdapterReference(GOLDEN.resolve("tied-whole-head"), 0.75));
    float[] live = live(base, both);
    String[] words = {at("tied-whole") + ":0.5", at("tied-whole-head") + ":0.75"};
    assertThat(opened(run("merge", base, words))).containsExactly(live, within(1e-3f));
    assertThat(live(base, run("mix", base, words))).containsExactly(live, within(1e-3f));
    assertThat(live(base, List.of(new AdapterReference(GOLDEN.resolve("tied-whole"), 0)))).isEqualTo(opened(base));
  }

  @Test
  void embeddingsAreMixedAndResizedUnderTheirOwnNames() {
    Path base = GOLDEN.resolve("base-tied");
    Path mixed = run("mix", base, at("tied-embedding"), at("tied-along") + ":0.5");
    float[] live = live(base, List.of(new AdapterReference(GOLDEN.resolve("tied-embedding"), 1),
        new AdapterReference(GOLDEN.resolve("tied-along"), 0.5)));
    assertThat(live(base, mixed)).containsExactly(live, within(1e-3f));
    Path resized = folder.resolve("resized");
    assertThat(command.run("resize", at("tied-embedding"), "--rank", "2", "--base", base.toString(), "--out",
        resized.toString())).as(command::err).isZero();
    assertScores(live(base, resized), "tied-embedding");
    Path converted = folder.resolve("converted");
    assertThat(command.run("convert", "--to", "peft", at("tied-embedding"), converted.toString())).isZero();
    assertScores(live(base, converted), "tied-embedding");
  }

  @Test
  void whatWasReplacedCannotBeTakenOutAgain() {
    Path base = GOLDEN.resolve("base-tied");
    Path merged = run("merge", base, at("tied-whole-head"));
    assertThat(command("unmerge", merged, folder.resolve("again"), at("tied-whole-head"))).isEqualTo(1);
    assertThat(command.err()).contains("tied-whole-head", "lm_head.weight", "Keep the base model");
    Path head = run("merge", base, at("tied-head"));
    assertThat(opened(run("unmerge", head, at("tied-head")))).containsExactly(opened(base), within(1e-3f));
  }

  @Test
  void theTokeniserOfNewTokensComesAlongAndLostRowsAreNamed() throws IOException {
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    FolderCopy.copy(GOLDEN.resolve("tied-resized"), adapter, file -> false);
    Files.writeString(adapter.resolve("tokenizer.json"), "{\"said\": \"by the adapter\"}");
    assertThat(run("merge", GOLDEN.resolve("base-tied"), adapter.toString()).resolve("tokenizer.json"))
        .content().contains("by the adapter");

    Path lost = Files.createDirectories(folder.resolve("lost"));
    FolderCopy.copy(GOLDEN.resolve("embedding"), lost, file -> file.endsWith("adapter_model.safetensors"));
    String table = "base_model.model.model.embed_tokens.";
    SafetensorsWriter.write(lost.resolve("adapter_model.safetensors"), List.of(
        TensorDeclaration.ofFloats(table + "base_layer.weight", DType.F32, new long[] {66, 16}, new float[66 * 16]),
        TensorDeclaration.ofFloats(table + "lora_embedding_A", DType.F32, new long[] {2, 66}, new float[132]),
        TensorDeclaration.ofFloats(table + "lora_embedding_B", DType.F32, new long[] {16, 2}, new float[32])),
        Map.of());
    assertThat(command("merge", GOLDEN.resolve("base"), folder.resolve("none"), lost.toString())).isEqualTo(1);
    assertThat(command.err()).contains(lost.toString(), "66 tokens", "lm_head", "modules_to_save");
  }
}
