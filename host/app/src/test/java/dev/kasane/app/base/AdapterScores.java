package dev.kasane.app.base;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.adapter.AdapterLoading;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.StoredTensors;
import dev.kasane.text.base.TextBase;
import dev.kasane.text.base.TextFamily;
import dev.kasane.text.generation.ContinuationListener;
import dev.kasane.text.generation.GenerationOptions;
import dev.kasane.text.generation.Generator;
import dev.kasane.text.generation.Prompt;
import dev.kasane.text.model.TokenBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a base with an adapter computes, as a file for other programs: {@code tokens}, a prompt with its greedy
 * continuation, and {@code logits} (tokens, vocabulary), the scores of each one's successor in one pass, in float32.
 * {@code src/test/reference/check_tuned_in_peft.py} starts it.
 */
public final class AdapterScores {
  private AdapterScores() {}

  /**
   * Writes the file.
   *
   * @param arguments the base's folder, the adapter, the prompt, how many tokens to go on, the file
   * @throws IOException when the file cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    TextBase base = TextBase.open(Path.of(arguments[0]), ElementType.FLOAT32,
        QuantisedBase::read, System.err::println);
    try (PluginHost host = PluginHost.start(PluginLocations.standard(null)); NDManager scope = Engines.newManager()) {
      base.load(scope);
      new AdapterLoading(host.formats(), host.methods(), Set.of())
          .load(AdapterReference.parse(arguments[1]), AdapterBase.live(TextFamily.parts(base.model())), scope);
      int[] tokens = continued(base, base.tokens(arguments[2]), Integer.parseInt(arguments[3]), scope);
      TokenBatch batch = TokenBatch.of(List.of(tokens), 0, TokenBatch.Padding.LEFT);
      NDArray logits = base.model().logits(batch, scope).squeeze(0);
      long[] ids = IntStream.of(tokens).asLongStream().toArray();
      SafetensorsWriter.write(Path.of(arguments[4]), List.of(StoredTensors.declare("tokens", scope.create(ids)),
          StoredTensors.declare("logits", logits)), Map.of());
    }
  }

  private static int[] continued(TextBase base, int[] prompt, int more, NDManager scope) {
    Prompt asked = new Prompt(prompt, Set.of(), GenerationOptions.greedy(more));
    int[] answer = new Generator(base.model(), base.tokenizer(), Set.of())
        .generate(List.of(asked), ContinuationListener.none(), scope).get(0).tokens();
    return IntStream.concat(IntStream.of(prompt), IntStream.of(answer)).toArray();
  }
}
