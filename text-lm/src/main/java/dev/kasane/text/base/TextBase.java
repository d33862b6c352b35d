package dev.kasane.text.base;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.Vocabulary;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.family.BaseModel;
import dev.kasane.core.family.BaseParts;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.text.chat.ChatMessage;
import dev.kasane.text.chat.ChatTemplate;
import dev.kasane.text.chat.ChatTemplates;
import dev.kasane.text.chat.Conversation;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.DecoderNames;
import dev.kasane.text.tokenizer.Tokenizer;
import dev.kasane.text.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A language model's folder, opened: its weights come when they are asked for.
 *
 * @param checkpoint the folder
 * @param model the model, without weights at first
 * @param tokenizer its tokeniser, or that of an adapter with tokens of its own
 * @param texts the folder with the tokeniser and the chat template
 * @param precision type of weights and computation
 * @param view makes of the stored tensors those to read
 */
public record TextBase(TextCheckpoint checkpoint, CausalLm model, Tokenizer tokenizer, Path texts,
    ElementType precision, UnaryOperator<TensorSource> view) implements BaseModel {
  /**
   * Opens configuration and tokeniser, no weights.
   *
   * @param view makes of the stored tensors those to read, such as one that understands quantised ones
   * @param notices gets lines about what of the folder is left unused
   * @throws UserException when one is missing, damaged, unknown, or does not fit the other
   */
  public static TextBase open(
      Path folder, ElementType precision, UnaryOperator<TensorSource> view, Consumer<String> notices) {
    TextCheckpoint checkpoint = TextCheckpoint.open(folder);
    Tokenizer tokenizer = Tokenizers.fitted(Tokenizers.open(folder), checkpoint.config().vocabularySize(), folder,
        notices);
    return new TextBase(checkpoint, checkpoint.declare(precision), tokenizer, folder, precision, view);
  }

  /**
   * The same model, still without weights, with the vocabulary of an adapter.
   *
   * @param rows how many tokens it has
   * @param tokeniser the folder of the adapter's tokeniser, if it has one
   * @param notices gets lines about what of the tokeniser is left unused
   * @throws UserException when the adapter's tokeniser does not fit
   */
  public TextBase withVocabulary(int rows, Optional<Path> tokeniser, Consumer<String> notices) {
    TextCheckpoint resized = checkpoint.withVocabulary(rows);
    Path folder = tokeniser.orElse(texts);
    Tokenizer own = Tokenizers.fitted(Tokenizers.open(folder), rows, folder, notices);
    return new TextBase(resized, resized.declare(precision), own, folder, precision, view);
  }

  /** The tables with a row for every token. */
  public Vocabulary tables() {
    DecoderNames names = checkpoint.config().names();
    return new Vocabulary(names.tokens(), names.head(),
        checkpoint.config().head().tied() ? Optional.of(names.head()) : Optional.empty());
  }

  /**
   * Compares the stored weights with the model's, by names, shapes and types alone.
   *
   * @throws UserException as {@link #load} does
   */
  public void check() {
    checkpoint.check(model, view);
  }

  @Override
  public BaseParts parts() {
    return TextFamily.parts(model);
  }

  /** All linear layers but the output head. */
  @Override
  public Quantisable quantisable() {
    return quantisable(model, checkpoint.config().names());
  }

  /** The same for a model that belongs to no base. */
  public static Quantisable quantisable(CausalLm model, DecoderNames names) {
    return new Quantisable("language model", model,
        layer -> layer.kind() == TargetLayer.Kind.LINEAR && !layer.path().equals(names.head()));
  }

  @Override
  public boolean isStoredQuantised() {
    return checkpoint.json().has("quantization_config");
  }

  @Override
  public void load(NDManager owner) {
    checkpoint.load(model, precision, view, owner);
  }

  /** Nothing is left open. */
  @Override
  public void close() {}

  /** The ids at which a text ends: the tokeniser's and the configuration's. */
  public Set<Integer> endIds() {
    Set<Integer> ends = new HashSet<>(tokenizer.endOfTextIds());
    ends.addAll(checkpoint.endIds());
    return ends;
  }

  /** A prompt as it stands. */
  public int[] tokens(String prompt) {
    return tokenizer.encode(prompt, true);
  }

  /**
   * A prompt as a user's message in the model's own chat format.
   *
   * @throws UserException when the model has none
   */
  public int[] chatTokens(String prompt) {
    Optional<ChatTemplate> own = ChatTemplates.find(texts);
    ChatTemplate template = own.or(() -> ChatTemplates.find(checkpoint.folder())).orElseThrow(() -> new UserException(
        checkpoint.folder() + " has no chat template. Leave out «chat», or name a model tuned for chats."));
    String text = template.render(new Conversation(List.of(new ChatMessage("user", prompt))), true,
        tokenizer.specialTokens());
    return tokenizer.encode(text, false);
  }
}
