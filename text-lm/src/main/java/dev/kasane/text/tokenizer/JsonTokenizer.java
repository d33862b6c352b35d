package dev.kasane.text.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A tokeniser that {@code tokenizer.json} describes, run by Hugging Face's tokenizers library, which is native code:
 * it gets only files that {@link TokenizerCheck} lets through, and of long texts one window after the other.
 *
 * <p>The native tokeniser lives as long as this object and is let go with it.
 */
final class JsonTokenizer extends FolderTokenizer {
  /** The file's own truncation and padding are for other uses than these. */
  private static final Map<String, String> OPTIONS = Map.of("truncation", "false", "padding", "false");
  private static final int WINDOW = 1 << 14;
  private static final int MARGIN = 256;

  private final Path origin;
  private final HuggingFaceTokenizer tokenizer;
  private final boolean cleaning;
  /** Characters of the longest text that goes to the library at once. */
  private final int window;
  private final Pace pace = new Pace();

  private JsonTokenizer(TokenizerDescription description, HuggingFaceTokenizer tokenizer, int window) {
    super(description.special(), description.vocabulary());
    this.origin = description.origin();
    this.tokenizer = tokenizer;
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
    return new JsonTokenizer(description, open(description.origin(), description.json()), window);
  }

  private static HuggingFaceTokenizer open(Path origin, ObjectNode json) {
    TokenizerLibrary.start();
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json.toString().getBytes(StandardCharsets.UTF_8)), OPTIONS);
    } catch (IOException | RuntimeException e) {
      throw new UserException(origin + " is no tokeniser that the tokenizers library opens: " + e.getMessage()
          + ". Fetch the model's files again; a file newer than this program may need a newer one.", e);
    }
  }

  @Override
  public int[] encode(String text, boolean addSpecial) {
    return encode(text, addSpecial, window, Math.min(MARGIN, window / 16));
  }

  /** As {@link #encode(String, boolean)}, with windows of a size of one's own. */
  int[] encode(String text, boolean addSpecial, int window, int margin) {
    String whole = WholeCharacters.of(text);
    if (whole.length() <= window) {
      return ids(whole, addSpecial);
    }
    int[] ids = new TextWindows(window, margin, this::spans).encode(whole).orElseThrow(() -> new UserException(
        "A text of " + whole.length() + " characters cannot be taken apart for the tokeniser of " + origin
            + ": its tokens depend on all of it. Split the text into texts of at most " + window + " characters."));
    return addSpecial ? marked(ids, whole.substring(0, margin)) : ids;
  }

  /** Puts around the tokens what the tokeniser puts around those of a short text. */
  private int[] marked(int[] ids, String text) {
    Encoding encoding = run(WholeCharacters.of(text), true);
    long[] marks = encoding.getSpecialTokenMask();
    int before = 0;
    while (before < marks.length && marks[before] == 1) {
      before++;
    }
    int after = marks.length;
    while (after > before && marks[after - 1] == 1) {
      after--;
    }
    int[] all = ints(encoding.getIds());
    return IntStream.concat(IntStream.concat(Arrays.stream(all, 0, before), Arrays.stream(ids)),
        Arrays.stream(all, after, all.length)).toArray();
  }

  private TokenSpans spans(String text, int from, int to) {
    String part = text.substring(from, to);
    Encoding encoding = run(part, false);
    int[] ids = ints(encoding.getIds());
    CharSpan[] spans = encoding.getCharTokenSpans();
    int[] places = WholeCharacters.places(part);
    int[] starts = new int[ids.length];
    int[] ends = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      // The library gives some tokens no place, or one outside of the text.
      boolean placed = spans[i] != null && spans[i].getStart() >= 0 && spans[i].getStart() < places.length
          && spans[i].getEnd() >= 0 && spans[i].getEnd() < places.length;
      starts[i] = placed ? from + places[spans[i].getStart()] : TokenSpans.NOWHERE;
      ends[i] = placed ? from + places[spans[i].getEnd()] : TokenSpans.NOWHERE;
    }
    return new TokenSpans(ids, starts, ends);
  }

  /** The ids alone: to take a whole encoding out of the library costs as much again as to make it. */
  private int[] ids(String text, boolean addSpecial) {
    return timed(text, () -> {
      long encoding = TokenizersLibrary.LIB.encode(tokenizer.getHandle(), text, addSpecial);
      try {
        return ints(TokenizersLibrary.LIB.getTokenIds(encoding));
      } finally {
        TokenizersLibrary.LIB.deleteEncoding(encoding);
        Reference.reachabilityFence(tokenizer);
      }
    });
  }

  private Encoding run(String text, boolean addSpecial) {
    return timed(text, () -> tokenizer.encode(text, addSpecial, false));
  }

  private <T> T timed(String text, Supplier<T> work) {
    long started = System.nanoTime();
    T result;
    try {
      result = work.get();
    } catch (RuntimeException e) {
      throw new UserException("The tokeniser of " + origin + " has no tokens for a text: " + e.getMessage()
          + ". Its files are damaged or of two models: fetch them again.", e);
    }
    pace.count(text.length(), started, origin);
    return result;
  }

  private static int[] ints(long[] ids) {
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    long[] known = TokenIds.known(ids, vocabularySize()).asLongStream().toArray();
    String text = known.length == 0 ? "" : tokenizer.decode(known, skipSpecial);
    return cleaning ? DecodedSpaces.cleaned(text) : text;
  }
}
