package dev.kasane.diffusion.pipeline;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.clip.LearnedWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Prompts with learned words: what diffusers encodes after {@code load_textual_inversion}. */
class LearnedWordsTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");
  private static final Path WORDS = GOLDEN.resolve("words");
  private static final double TOLERANCE = 1e-5;

  private final NDManager scope = Engines.newManager();
  private GradMode off;
  private TensorSource expected;

  @BeforeEach
  void open() {
    off = GradMode.off();
    expected = TensorSources.open(WORDS.resolve("expected.safetensors"));
  }

  @AfterEach
  void close() {
    expected.close();
    off.close();
    scope.close();
  }

  private ImageModel model(ElementType precision) {
    return ImageModels.open(GOLDEN.resolve("sd1-tiny"), BaseOptions.none(), precision, scope);
  }

  private LearnedWords words() {
    Map<String, NDArray> vectors = new LinkedHashMap<>();
    vectors.put("ink-style", expected.read("word.ink-style", scope));
    vectors.put("<brush>", expected.read("word.<brush>", scope));
    return LearnedWords.of(vectors);
  }

  private PromptEncoder encoder() {
    return new PromptEncoder(model(ElementType.FLOAT32).withWords(words()), 0);
  }

  private static double error(NDArray found, NDArray wanted) {
    assertThat(found.getShape()).isEqualTo(wanted.getShape());
    return found.sub(wanted).abs().max().toFloatArray()[0];
  }

  @Test
  void promptsMeanWhatTheyMeanInDiffusers() throws IOException {
    List<String> prompts =
        new ObjectMapper().readValue(WORDS.resolve("prompts.json").toFile(), new TypeReference<>() {});
    assertThat(prompts).hasSize(4);
    PromptEncoder without = new PromptEncoder(model(ElementType.FLOAT32), 0);
    PromptEncoder with = encoder();
    for (int i = 0; i < prompts.size(); i++) {
      NDArray wanted = expected.read("prompt." + i, scope);
      assertThat(error(with.encode(prompts.get(i), scope), wanted)).as(prompts.get(i)).isLessThan(TOLERANCE);
      boolean learned = i < 3;
      assertThat(error(without.encode(prompts.get(i), scope), wanted) > 0.05).as(prompts.get(i)).isEqualTo(learned);
    }
  }

  @Test
  void capitalsAndEmphasisDoNotHideAWordAndNegativesKnowIt() {
    PromptEncoder encoder = encoder();
    NDArray wanted = expected.read("prompt.1", scope);
    assertThat(error(encoder.encode("INK-Style", scope), wanted)).isLessThan(TOLERANCE);
    assertThat(error(encoder.encodePair("a red cat", "ink-style", scope).get("0:1"), wanted)).isLessThan(TOLERANCE);
    NDArray heavy = encoder.encode("(ink-style:1.5)", scope);
    // Restoring the mean scales all tokens alike; against the first, which has no weight, each weighs 1.5 times.
    for (int token = 1; token <= 3; token++) {
      double ratio = norm(heavy, token) / norm(wanted, token) / (norm(heavy, 0) / norm(wanted, 0));
      assertThat(ratio).isBetween(1.4999, 1.5001);
    }
  }

  private static double norm(NDArray tokens, int token) {
    return tokens.get("0," + token).norm().toFloatArray()[0];
  }

  @Test
  void aBaseInHalfPrecisionTakesThemToo() {
    NDArray found = new PromptEncoder(model(ElementType.BFLOAT16).withWords(words()), 0)
        .encode("ink-style", scope);
    assertThat(Ops.typeOf(found)).isEqualTo(DataType.BFLOAT16);
    assertThat(error(OPS.cast(found, DataType.FLOAT32), expected.read("prompt.1", scope))).isLessThan(0.1);
  }

  @Test
  void longPromptsHaveAWholeWordInEveryChunk() {
    PromptEncoder encoder = encoder();
    // 74 tokens before it leave room for one of its three.
    NDArray found = encoder.encode("cat ".repeat(74) + "ink-style", scope);
    assertThat(found.getShape()).isEqualTo(new Shape(1, 154, 32));
    assertThat(error(found.get(":,77:"), expected.read("prompt.1", scope))).isLessThan(TOLERANCE);
  }
}
