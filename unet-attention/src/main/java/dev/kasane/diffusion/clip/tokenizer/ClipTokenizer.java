package dev.kasane.diffusion.clip.tokenizer;

import dev.kasane.core.UserException;
import dev.kasane.core.tokenizer.ByteAlphabet;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The CLIP byte-pair tokeniser: the ids of {@code transformers.CLIPTokenizer} 5, for any text.
 *
 * <p>Safe for use by several threads.
 */
public final class ClipTokenizer {
  /** The length that CLIP text encoders of Stable Diffusion take: 75 tokens between begin and end. */
  public static final int MAX_LENGTH = 77;

  private final Map<String, Integer> ids;
  private final String[] symbols;
  private final SpecialTokens special;
  private final Set<Integer> hidden = new HashSet<>();
  private final Map<Integer, Integer> lengths = new HashMap<>();
  private final AddedTokenSplitter givenTokens;
  private final AddedTokenSplitter normalizedTokens;
  private final BytePairEncoder encoder;

  private ClipTokenizer(ClipVocabulary vocabulary, SpecialTokens special) {
    this(vocabulary.ids(), vocabulary.size(), special, new BytePairEncoder(vocabulary, special.unknown()));
  }

  private ClipTokenizer(Map<String, Integer> ids, int size, SpecialTokens special, BytePairEncoder encoder) {
    this.ids = ids;
    this.special = special;
    this.encoder = encoder;
    int end = special.added().stream().mapToInt(token -> token.id() + token.count()).max().orElse(0);
    symbols = new String[Math.max(size, end)];
    ids.forEach((symbol, id) -> symbols[id] = symbol);
    for (AddedToken token : special.added()) {
      symbols[token.id()] = token.content();
      lengths.put(token.id(), token.count());
      for (int id = token.special() ? token.id() : token.id() + 1; id < token.id() + token.count(); id++) {
        symbols[id] = token.content();
        hidden.add(id);
      }
    }
    givenTokens = new AddedTokenSplitter(special.added(), false);
    normalizedTokens = new AddedTokenSplitter(special.added(), true);
  }

  /**
   * Opens a tokeniser folder of a diffusers or transformers model.
   *
   * @param folder has {@code tokenizer.json}, or {@code vocab.json} and {@code merges.txt}; the special
   *     tokens come from {@code tokenizer_config.json}, {@code special_tokens_map.json} and {@code
   *     added_tokens.json} where there
   * @throws UserException if a file is missing or damaged, or files are of different tokenisers
   */
  public static ClipTokenizer open(Path folder) {
    ClipVocabulary vocabulary = VocabularyReader.read(folder);
    return new ClipTokenizer(vocabulary, SpecialTokensReader.read(folder, vocabulary));
  }

  /**
   * A tokeniser over a vocabulary in memory, with CLIP's own special tokens; padding is the end token.
   *
   * @throws UserException if the vocabulary lacks {@code <|startoftext|>} or {@code <|endoftext|>}
   */
  public static ClipTokenizer of(ClipVocabulary vocabulary) {
    return new ClipTokenizer(vocabulary, SpecialTokensReader.defaults(vocabulary));
  }

  /**
   * The same tokeniser with learned words. Each is found in any capitals, the longest first, and where it stands
   * by itself: {@code ink} is not found in {@code pink}, where diffusers would find it.
   *
   * @param words how many tokens each word stands for, in the order of their ids
   * @param firstId the first word's first id, not below {@link #vocabularySize}
   */
  public ClipTokenizer withWords(Map<String, Integer> words, int firstId) {
    if (firstId < symbols.length) {
      throw new IllegalArgumentException("The first id is " + firstId + ", expected at least " + symbols.length);
    }
    List<AddedToken> added = new ArrayList<>(special.added());
    int id = firstId;
    for (Map.Entry<String, Integer> word : words.entrySet()) {
      added.add(AddedToken.learned(word.getKey(), id, word.getValue()));
      id += word.getValue();
    }
    return new ClipTokenizer(ids, symbols.length, new SpecialTokens(special.begin(), special.end(), special.pad(),
        special.unknown(), List.copyOf(added)), encoder);
  }

  /** The ids of a text, of any length, without begin and end. */
  public int[] encode(String text) {
    IntStream.Builder out = IntStream.builder();
    givenTokens.split(text, given -> normalizedTokens.split(TextNormalizer.normalize(given),
        plain -> WordSplitter.split(plain, word -> addAll(out, encoder.encode(word))),
        out::add), out::add);
    return out.build().toArray();
  }

  /** The row of {@value #MAX_LENGTH} ids of a text, cut off or padded as needed. */
  public TokenIds tokenize(String text) {
    return tokenize(text, MAX_LENGTH);
  }

  /**
   * The row of ids of a text, cut off or padded as needed.
   *
   * @param maxLength length of the row, at least 2 for begin and end
   */
  public TokenIds tokenize(String text, int maxLength) {
    if (maxLength < 2) {
      throw new IllegalArgumentException("maxLength is " + maxLength
          + ", expected at least 2 for begin and end");
    }
    int[] tokens = encode(text);
    int kept = Math.min(tokens.length, maxLength - 2);
    int[] row = new int[maxLength];
    Arrays.fill(row, special.pad());
    row[0] = special.begin();
    System.arraycopy(tokens, 0, row, 1, kept);
    row[kept + 1] = special.end();
    return new TokenIds(row, kept, tokens.length - kept);
  }

  /**
   * The text that ids stand for, in lower case and with a space after every word; special tokens are left
   * out.
   *
   * @throws IllegalArgumentException if an id is not in the vocabulary
   */
  public String decode(int[] tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : tokens) {
      if (id < 0 || id >= symbols.length || symbols[id] == null) {
        throw new IllegalArgumentException("Token id " + id + " is not in the vocabulary of " + ids.size()
            + " symbols, expected 0 to " + (symbols.length - 1));
      }
      if (!hidden.contains(id)) {
        bytes.writeBytes(bytesOf(symbols[id]));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8).replace(ClipVocabulary.WORD_END, " ").strip();
  }

  /** One more than the greatest id: the number of rows that the text encoder's embedding needs. */
  public int vocabularySize() {
    return symbols.length;
  }

  /** The id before the first token of every row, {@code <|startoftext|>}. */
  public int beginId() {
    return special.begin();
  }

  /** The id after the last token of every row, {@code <|endoftext|>}; CLIP takes its pooled output there. */
  public int endId() {
    return special.end();
  }

  /** The id that rows are filled up with: the end token for SD 1.x, {@code !} for SD 2.x. */
  public int padId() {
    return special.pad();
  }

  /** How many tokens a word has that begins with this token; 1 but for learned words. */
  int lengthFrom(int id) {
    return lengths.getOrDefault(id, 1);
  }

  /** The id of a symbol such as {@code ,</w>}, or -1 if the vocabulary has none. */
  int idOf(String symbol) {
    return ids.getOrDefault(symbol, -1);
  }

  private static void addAll(IntStream.Builder out, int[] values) {
    for (int value : values) {
      out.add(value);
    }
  }

  /** A symbol of byte characters as its bytes; an added token with other characters as its UTF-8. */
  private static byte[] bytesOf(String symbol) {
    byte[] bytes = new byte[symbol.length()];
    for (int i = 0; i < bytes.length; i++) {
      int value = ByteAlphabet.byteOf(symbol.charAt(i));
      if (value < 0) {
        return symbol.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }
}
