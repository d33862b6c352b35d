package dev.kasane.text.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.generation.Continuation;
import dev.kasane.text.generation.ContinuationListener;
import dev.kasane.text.generation.GenerationOptions;
import dev.kasane.text.generation.Generator;
import dev.kasane.text.generation.Prompt;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import dev.kasane.text.training.LanguageObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The demo language model that comes with Kasane. */
class EmbeddedModelTest {
  private static final Path DEMO = Path.of("src", "main", "base", "demo");
  private static final long MOST_BYTES = 8_000_000;

  private static NDManager owner;
  private static CausalLm model;
  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() {
    owner = Engines.newManager();
    model = TextCheckpoint.open(DEMO).model(ElementType.FLOAT32, owner);
    tokenizer = Tokenizers.open(DEMO);
  }

  @AfterAll
  static void close() {
    owner.close();
  }

  @Test
  void itIsSmallAndWhatTheTrainerMakes() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(DEMO)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    assertThat(bytes).isLessThanOrEqualTo(MOST_BYTES);
    ObjectMapper json = new ObjectMapper();
    assertThat(json.readTree(DEMO.resolve("config.json").toFile())).isEqualTo(DemoLanguageModel.config());
    assertThat(json.readTree(DEMO.resolve("tokenizer.json").toFile()))
        .isEqualTo(json.readTree(DemoLanguageModel.trainTokenizer(new WorldText(4)).toString()));
  }

  @Test
  void itKnowsItsWorld() {
    WorldBatches unseen = new WorldBatches(new WorldText(5), tokenizer, 2, 256);
    double loss = new LanguageObjective(model, false).evaluate(List.of(unseen.batch(0)), owner);
    assertThat(loss).isBetween(0.3, 0.9);
  }

  @Test
  void itTellsStoriesInWordsThatItKnows() {
    Set<String> known = LongStream.range(0, 2000).mapToObj(new WorldText(4)::text)
        .flatMap(EmbeddedModelTest::words).collect(Collectors.toSet());
    List<Prompt> prompts = Stream.of("In the morning", "What is a kettle?", "What is a rug?")
        .map(text -> Prompt.of(tokenizer.encode(text, true), GenerationOptions.greedy(80))).toList();
    List<Continuation> told = new Generator(model, tokenizer, tokenizer.endOfTextIds())
        .generate(prompts, ContinuationListener.none(), owner);
    assertThat(told).allSatisfy(each -> {
      assertThat(each.end()).isEqualTo(Continuation.End.FINISHED);
      assertThat(words(each.text()).toList()).hasSizeGreaterThan(8).allSatisfy(word -> assertThat(known).contains(word));
    });
    assertThat(told.get(1).text()).contains("made of steel or copper");
    assertThat(told.get(2).text()).contains("made of wool or cotton");
  }

  private static Stream<String> words(String text) {
    return Arrays.stream(text.split("[^A-Za-z]+")).filter(word -> !word.isEmpty());
  }
}
