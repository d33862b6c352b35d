package dev.kasane.text.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Engines;
import dev.kasane.text.Goldens;
import dev.kasane.text.model.CausalLm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {
  private static final int[] FIRST = {5, 17, 100, 3, 88, 21, 9};
  private static final int[] SECOND = {64, 2};
  private static final int[] THIRD = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

  private final NDManager scope = Engines.newManager();
  private final ByteTokenizer tokenizer = new ByteTokenizer();

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "mistral", "opt", "gemma2"})
  void continuesGreedilyAsTransformersDoes(String name) {
    Generator generator = generator(name, Set.of());
    int[] prompt = ints(Goldens.longs(Goldens.expected(name, "greedy.prompt", scope)));
    int[] expected = ints(Goldens.longs(Goldens.expected(name, "greedy.tokens", scope)));
    // A turned head reads as far as it was trained to, learned positions as far as their table goes.
    int possible = name.startsWith("g") && !name.equals("gemma2") || name.equals("opt") ? 64 : 32 - prompt.length;

    Continuation continuation = one(generator, Prompt.of(prompt, GenerationOptions.greedy(64)));

    assertThat(continuation.tokens()).isEqualTo(Arrays.copyOf(expected, possible));
    assertThat(continuation.end()).isEqualTo(Continuation.End.LENGTH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral", "qwen2-window", "gemma2", "gpt-neox", "gpt2", "opt"})
  void aBatchGivesEachRowWhatItGetsAlone(String name) {
    Generator generator = generator(name, Set.of());
    List<Prompt> prompts = List.of(
        Prompt.of(FIRST, GenerationOptions.sampling(12, 0.8, 7)),
        Prompt.of(SECOND, GenerationOptions.greedy(20)),
        Prompt.of(THIRD, new GenerationOptions(15, 1.2, 30, 0.9, 0.02, 1.3, 99, List.of())),
        Prompt.of(FIRST, GenerationOptions.sampling(12, 0.8, 8)));

    List<Continuation> together = generator.generate(prompts, ContinuationListener.none(), scope);

    for (int row = 0; row < prompts.size(); row++) {
      assertThat(one(generator, prompts.get(row)).tokens()).isEqualTo(together.get(row).tokens());
    }
    assertThat(together.get(0).tokens()).isNotEqualTo(together.get(3).tokens());
  }

  @Test
  void stopsAtAnEndMark() {
    int[] all = one(generator("gpt2", Set.of()), Prompt.of(FIRST, GenerationOptions.greedy(30))).tokens();
    int mark = all[9];
    int first = IntStream.range(0, all.length).filter(i -> all[i] == mark).findFirst().orElseThrow();

    Continuation continuation =
        one(generator("gpt2", Set.of(mark)), Prompt.of(FIRST, GenerationOptions.greedy(30)));

    assertThat(continuation.end()).isEqualTo(Continuation.End.FINISHED);
    assertThat(continuation.tokens()).isEqualTo(Arrays.copyOf(all, first + 1));
    assertThat(continuation.text()).isEqualTo(tokenizer.decode(Arrays.copyOf(all, first), true));
  }

  @Test
  void stopsAtAStopTextAcrossTokensAndStreamsWhatIsBeforeIt() {
    Generator generator = generator("gpt2", Set.of());
    String all = one(generator, Prompt.of(FIRST, GenerationOptions.greedy(30))).text();
    String stop = all.substring(8, 11);
    List<String> pieces = new ArrayList<>();

    Continuation continuation = generator.generate(
        List.of(Prompt.of(FIRST, GenerationOptions.greedy(30).stoppingAt(List.of(stop)))),
        (row, piece) -> pieces.add(piece), scope).get(0);

    assertThat(continuation.end()).isEqualTo(Continuation.End.STOPPED);
    assertThat(continuation.text()).isEqualTo(all.substring(0, all.indexOf(stop)));
    assertThat(String.join("", pieces)).isEqualTo(continuation.text());
    assertThat(continuation.tokens().length).isLessThan(30);
  }

  @Test
  void refusesWhatCannotBe() {
    Generator generator = generator("opt", Set.of());
    GenerationOptions options = GenerationOptions.greedy(5);
    assertThatThrownBy(() -> one(generator, Prompt.of(new int[0], options)))
        .isInstanceOf(UserException.class).hasMessageContaining("prompt is empty");
    assertThatThrownBy(() -> one(generator, Prompt.of(new int[96], options)))
        .isInstanceOf(UserException.class).hasMessageContainingAll("96 tokens", "Shorten");
    assertThatThrownBy(() -> one(generator, Prompt.of(new int[] {128}, options)))
        .isInstanceOf(UserException.class).hasMessageContainingAll("128", "another model");
    assertThatThrownBy(() -> one(generator, new Prompt(FIRST, Set.of("pirate"), options)))
        .isInstanceOf(UserException.class).hasMessageContaining("adapters");
    assertThatThrownBy(() -> new GenerationOptions(5, -1, 0, 1, 0, 1, 0, List.of()))
        .isInstanceOf(UserException.class).hasMessageContainingAll("«temperature»", "-1");
  }

  private Generator generator(String name, Set<Integer> ends) {
    CausalLm model = Goldens.model(name, scope);
    return new Generator(model, tokenizer, ends);
  }

  private Continuation one(Generator generator, Prompt prompt) {
    return generator.generate(List.of(prompt), ContinuationListener.none(), scope).get(0);
  }

  private static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }
}
