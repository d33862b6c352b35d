package dev.kasane.text.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.text.tokenizer.check.TokenizerCheck;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * One tokeniser in Hugging Face's library. Of what the library knows of a text's tokens only that is fetched which is
 * asked for: all of it takes longer than the splitting.
 *
 * <p>The native tokeniser lives as long as this object and is let go with it.
 */
final class NativeTokenizer {
  /** The file's own truncation and padding are for other uses than these. */
  private static final Map<String, String> OPTIONS = Map.of("truncation", "false", "padding", "false");
  private static final TokenizersLibrary LIBRARY = TokenizersLibrary.LIB;

  private final Path origin;
  private final HuggingFaceTokenizer tokenizer;
  private final Pace pace = new Pace();

  /**
   * Opens a tokeniser.
   *
   * @param origin the file the description comes from, for messages
   * @param json a tokenizer.json that {@link TokenizerCheck} has let through
   * @throws UserException when the library refuses it
   */
  NativeTokenizer(Path origin, ObjectNode json) {
    this.origin = origin;
    TokenizerLibrary.start();
    try {
      this.tokenizer = HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json.toString().getBytes(StandardCharsets.UTF_8)), OPTIONS);
    } catch (IOException | RuntimeException e) {
      throw new UserException(origin + " is no tokeniser that the tokenizers library opens: " + e.getMessage()
          + ". Fetch the model's files again; a file newer than this program may need a newer one.", e);
    }
  }

  /** The ids of marks around the tokens of a text. */
  record Marks(int[] before, int[] after) {}

  /**
   * The ids of a text.
   *
   * @param text whole characters
   * @param addSpecial whether with the marks around it
   */
  int[] ids(String text, boolean addSpecial) {
    return with(text, addSpecial, tokens -> ints(LIBRARY.getTokenIds(tokens)));
  }

  /** The marks that a text gets. */
  Marks marks(String text) {
    return with(text, true, tokens -> {
      int[] ids = ints(LIBRARY.getTokenIds(tokens));
      long[] marks = LIBRARY.getSpecialTokenMask(tokens);
      int before = 0;
      while (before < marks.length && marks[before] == 1) {
        before++;
      }
      int after = marks.length;
      while (after > before && marks[after - 1] == 1) {
        after--;
      }
      return new Marks(Arrays.copyOf(ids, before), Arrays.copyOfRange(ids, after, ids.length));
    });
  }

  /**
   * The tokens of a text, with the places they stand for.
   *
   * @param offset what is added to each place
   * @param addSpecial whether with the marks around it
   */
  TokenSpans spans(String text, int offset, boolean addSpecial) {
    return with(text, addSpecial, tokens -> spans(text, offset, ints(LIBRARY.getTokenIds(tokens)),
        LIBRARY.getTokenCharSpans(tokens)));
  }

  private static TokenSpans spans(String text, int offset, int[] ids, CharSpan[] spans) {
    int[] places = WholeCharacters.places(text);
    int[] starts = new int[ids.length];
    int[] ends = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      // The library gives some tokens no place, or one outside of the text.
      boolean placed = spans[i] != null && spans[i].getStart() >= 0 && spans[i].getStart() < places.length
          && spans[i].getEnd() >= 0 && spans[i].getEnd() < places.length;
      starts[i] = placed ? offset + places[spans[i].getStart()] : TokenSpans.NOWHERE;
      ends[i] = placed ? offset + places[spans[i].getEnd()] : TokenSpans.NOWHERE;
    }
    return new TokenSpans(ids, starts, ends);
  }

  private <T> T with(String text, boolean addSpecial, LongFunction<T> use) {
    long started = System.nanoTime();
    long tokens;
    try {
      tokens = LIBRARY.encode(tokenizer.getHandle(), text, addSpecial);
    } catch (RuntimeException e) {
      throw new UserException("The tokeniser of " + origin + " has no tokens for a text: " + e.getMessage()
          + ". Its files are damaged or of two models: fetch them again.", e);
    } finally {
      Reference.reachabilityFence(tokenizer);
    }
    pace.count(text.length(), started, origin);
    try {
      return use.apply(tokens);
    } finally {
      LIBRARY.deleteEncoding(tokens);
    }
  }

  private static int[] ints(long[] ids) {
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  /** The text of ids, which all have one. */
  String decode(long[] ids, boolean skipSpecial) {
    return tokenizer.decode(ids, skipSpecial);
  }
}
