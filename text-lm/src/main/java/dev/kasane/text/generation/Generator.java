package dev.kasane.text.generation;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterRouter;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.KeyValueCache;
import dev.kasane.text.model.TokenBatch;
import dev.kasane.text.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Continues texts, several at a time, each by its own options and adapters.
 *
 * <p>A row's result depends on its own prompt, options and seed, not on the other rows of the batch, up to
 * the rounding of sums.
 */
public final class Generator {
  private final CausalLm model;
  private final Tokenizer tokenizer;
  private final Set<Integer> ends;
  private final AdapterRouter router;

  /**
   * @param model a model with its weights
   * @param tokenizer its tokeniser
   * @param ends the ids that end a text
   */
  public Generator(CausalLm model, Tokenizer tokenizer, Set<Integer> ends) {
    this(model, tokenizer, ends, null);
  }

  /**
   * @param router the adapters that prompts may name; null when they name none
   */
  public Generator(CausalLm model, Tokenizer tokenizer, Set<Integer> ends, AdapterRouter router) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.ends = Set.copyOf(ends);
    this.router = router;
  }

  /**
   * Continues texts in one batch.
   *
   * @param prompts the texts
   * @param listener told of every piece as soon as it is certain
   * @param parent parent of the manager that owns what the run needs
   * @return a continuation for each prompt
   * @throws UserException for an empty prompt, one as long as the model's context, an id outside its
   *     vocabulary or an adapter that is not there
   */
  public List<Continuation> generate(List<Prompt> prompts, ContinuationListener listener, NDManager parent) {
    prompts.forEach(this::requireFit);
    route(prompts);
    List<RowState> rows = IntStream.range(0, prompts.size())
        .mapToObj(row -> new RowState(prompts.get(row), tokenizer, ends, limit(prompts.get(row)),
            piece -> listener.onText(row, piece))).toList();
    TokenBatch start = TokenBatch.of(prompts.stream().map(Prompt::tokens).toList(), 0, TokenBatch.Padding.LEFT);
    int most = (int) prompts.stream().mapToLong(this::limit).max().orElse(0);
    try (NDManager scope = parent.newSubManager();
        GradMode off = GradMode.off();
        KeyValueCache cache = model.newCache(rows.size(), start.length() + most, scope)) {
      run(rows, start, cache, scope);
    }
    return rows.stream().map(RowState::result).toList();
  }

  private void run(List<RowState> rows, TokenBatch start, KeyValueCache cache, NDManager scope) {
    float[] scores = read(start, cache, scope);
    while (true) {
      long[] next = choose(rows, scores);
      if (rows.stream().allMatch(RowState::isDone)) {
        return;
      }
      // Rows that are done go on as padding: they take up no positions.
      long[] segments = rows.stream().mapToLong(row -> row.isDone() ? 0 : 1).toArray();
      scores = read(new TokenBatch(rows.size(), 1, next, segments), cache, scope);
    }
  }

  private static long[] choose(List<RowState> rows, float[] scores) {
    int vocabulary = scores.length / rows.size();
    long[] next = new long[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      RowState row = rows.get(i);
      if (!row.isDone()) {
        int token = row.choose(Arrays.copyOfRange(scores, i * vocabulary, (i + 1) * vocabulary));
        row.accept(token);
        next[i] = token;
      }
    }
    return next;
  }

  /** Scores after the last of the tokens, row after row. */
  private float[] read(TokenBatch batch, KeyValueCache cache, NDManager scope) {
    int from = 0;
    while (true) {
      int to = Math.min(batch.length(), from + cache.chunk());
      try (NDManager step = scope.newSubManager()) {
        NDArray logits = model.lastLogits(batch.columns(from, to), cache, step);
        if (to == batch.length()) {
          return OPS.cast(logits, DataType.FLOAT32).toFloatArray();
        }
      }
      from = to;
    }
  }

  private void route(List<Prompt> prompts) {
    if (router != null) {
      router.route(prompts.stream().map(Prompt::adapters).toList());
    } else if (prompts.stream().anyMatch(prompt -> !prompt.adapters().isEmpty())) {
      throw new UserException("A prompt names adapters, but none are loaded for choosing by row.");
    }
  }

  private long limit(Prompt prompt) {
    return Math.min(prompt.options().maxTokens(), context() - prompt.tokens().length);
  }

  private long context() {
    return model.config().positions().reach();
  }

  private void requireFit(Prompt prompt) {
    if (prompt.tokens().length == 0) {
      throw new UserException("The prompt is empty, and this model's tokeniser puts no mark in front of it."
          + " Give at least one word.");
    }
    if (prompt.tokens().length >= context()) {
      throw new UserException("The prompt has " + prompt.tokens().length + " tokens, but the model reads "
          + context() + ", continuation included. Shorten the prompt.");
    }
    int known = model.config().vocabularySize();
    Arrays.stream(prompt.tokens()).filter(token -> token < 0 || token >= known).findFirst()
        .ifPresent(token -> {
          throw new UserException("The prompt has the token " + token + ", but the model knows " + known
              + ". Its tokeniser belongs to another model.");
        });
  }
}
