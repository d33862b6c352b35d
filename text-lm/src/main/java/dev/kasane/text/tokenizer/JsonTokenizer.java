package dev.kasane.text.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.text.tokenizer.check.TokenizerCheck;
import dev.kasane.text.tokenizer.file.SpecialTokens;
import dev.kasane.text.tokenizer.file.TokenizerDescription;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A tokeniser that {@code tokenizer.json} describes, run by Hugging Face's tokenizers library, which is native code:
 * it gets only files that {@link TokenizerCheck} lets through, and of long texts one window after the other.
 */
final class JsonTokenizer implements Tokenizer {
  private static final int WINDOW = 1 << 14;
  private static final int MARGIN = 256;

  private final Path origin;
  private final NativeTokenizer library;
  private final Optional<TokenBytes> bytes;
  private final SpecialTokens special;
  private final Map<Integer, String> added;
  private final int size;
  private final boolean cleaning;
  /** Characters of the longest text that goes to the library at once. */
  private final int window;

  private JsonTokenizer(TokenizerDescription description, NativeTokenizer library, int window) {
    this.origin = description.origin();
    this.library = library;
    this.bytes = TokenBytes.of(description);
    this.special = description.special();
    this.added = description.vocabulary().texts();
    this.size = description.vocabulary().size();
    this.cleaning = description.cleaning();
    this.window = window;
  }

  /**
   * Opens a tokeniser.
   *
   * @param folder the folder with the other files
   * @param origin the file the description comes from, for messages
   * @param json the content of a tokenizer.json
   * @throws UserException when it is refused, here or by the library
   */
  static JsonTokenizer of(Path folder, Path origin, ObjectNode json) {
    return of(TokenizerDescription.of(folder, origin, json));
  }

  /**
   * Opens a tokeniser of which all is known.
   *
   * @throws UserException when it is refused, here or by the library
   */
  static JsonTokenizer of(TokenizerDescription description) {
    int window = TokenizerCheck.check(description.origin(), description.json(), description.vocabulary().size() - 1,
        WINDOW);
    return new JsonTokenizer(description, new NativeTokenizer(description.origin(), description.json()), window);
  }

  @Override
  public int[] encode(String text, boolean addSpecial) {
    return encode(text, addSpecial, window, margin());
  }

  @Override
  public TokenSpans place(String text, boolean addSpecial) {
    String whole = WholeCharacters.of(text);
    if (whole.length() > window) {
      return windows(whole, addSpecial, window, margin());
    }
    Optional<TokenSpans> placed = bytes.flatMap(lengths -> lengths.place(whole, library.ids(whole, false)));
    return placed.isPresent() ? around(placed.get(), addSpecial, whole) : library.spans(whole, 0, addSpecial);
  }

  private int margin() {
    return Math.min(MARGIN, window / 16);
  }

  /** As {@link #encode(String, boolean)}, with windows of a size of one's own. */
  int[] encode(String text, boolean addSpecial, int window, int margin) {
    String whole = WholeCharacters.of(text);
    return whole.length() <= window ? library.ids(whole, addSpecial)
        : windows(whole, addSpecial, window, margin).ids();
  }

  private TokenSpans windows(String whole, boolean addSpecial, int window, int margin) {
    TokenSpans tokens = new TextWindows(window, margin, (text, from, to) ->
        library.spans(text.substring(from, to), from, false)).encode(whole).orElseThrow(() -> new UserException(
            "A text of " + whole.length() + " characters cannot be taken apart for the tokeniser of " + origin
                + ": its tokens depend on all of it. Split the text into texts of at most " + window
                + " characters."));
    return around(tokens, addSpecial, whole);
  }

  /** Puts around the tokens of a text what the tokeniser puts around those of its beginning. */
  private TokenSpans around(TokenSpans tokens, boolean addSpecial, String text) {
    if (!addSpecial) {
      return tokens;
    }
    String beginning = text.substring(0, Math.min(MARGIN, text.length()));
    NativeTokenizer.Marks marks = library.marks(WholeCharacters.of(beginning));
    return TokenSpans.concat(
        List.of(TokenSpans.unplaced(marks.before()), tokens, TokenSpans.unplaced(marks.after())));
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    long[] known = TokenIds.known(ids, vocabularySize()).asLongStream().toArray();
    String text = known.length == 0 ? "" : library.decode(known, skipSpecial);
    return cleaning ? DecodedSpaces.cleaned(text) : text;
  }

  @Override
  public OptionalInt endOfTextId() {
    return special.end();
  }

  @Override
  public Set<Integer> endOfTextIds() {
    return special.ends();
  }

  @Override
  public OptionalInt beginningOfTextId() {
    return special.beginning();
  }

  @Override
  public OptionalInt paddingId() {
    return special.padding();
  }

  @Override
  public Map<String, String> specialTokens() {
    return special.texts();
  }

  @Override
  public Map<Integer, String> addedTokens() {
    return added;
  }

  @Override
  public int vocabularySize() {
    return size;
  }
}
