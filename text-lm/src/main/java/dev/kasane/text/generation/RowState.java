package dev.kasane.text.generation;

import dev.kasane.text.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** One text of a batch while it grows. */
final class RowState {
  private final GenerationOptions options;
  private final Set<Integer> ends;
  private final long limit;
  private final TokenText text;
  private final StopTexts stops;
  private final Consumer<String> listener;
  private final SplittableRandom random;
  private final BitSet seen = new BitSet();
  private final StringBuilder written = new StringBuilder();
  private int[] tokens = new int[0];
  private Continuation.End end;

  /** @param limit how many tokens at most */
  RowState(Prompt prompt, Tokenizer tokenizer, Set<Integer> ends, long limit, Consumer<String> listener) {
    this.options = prompt.options();
    this.ends = ends;
    this.limit = limit;
    this.text = new TokenText(tokenizer, prompt.tokens());
    this.stops = new StopTexts(options.stop());
    this.listener = listener;
    this.random = new SplittableRandom(options.seed());
    Arrays.stream(prompt.tokens()).forEach(seen::set);
  }

  /** Chooses the next token by its scores, which are changed. */
  int choose(float[] values) {
    TokenScores scores = new TokenScores(values);
    scores.process(options, seen);
    return options.temperature() == 0 ? scores.best() : scores.draw(random.nextDouble());
  }

  /** Takes the token that was chosen. */
  void accept(int token) {
    tokens = Arrays.copyOf(tokens, tokens.length + 1);
    tokens[tokens.length - 1] = token;
    seen.set(token);
    if (ends.contains(token)) {
      finish(Continuation.End.FINISHED);
      return;
    }
    write(stops.accept(text.accept(token)));
    if (stops.isFound()) {
      end = Continuation.End.STOPPED;
    } else if (tokens.length >= limit) {
      finish(Continuation.End.LENGTH);
    }
  }

  private void finish(Continuation.End reason) {
    write(stops.accept(text.rest()));
    write(stops.rest());
    end = stops.isFound() ? Continuation.End.STOPPED : reason;
  }

  private void write(String piece) {
    if (!piece.isEmpty()) {
      written.append(piece);
      listener.accept(piece);
    }
  }

  boolean isDone() {
    return end != null;
  }

  Continuation result() {
    return new Continuation(written.toString(), tokens, end);
  }
}
