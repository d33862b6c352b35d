package dev.kasane.diffusion.clip.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts prompts into chunks of 75 tokens, with begin, end and padding the {@value ClipTokenizer#MAX_LENGTH}
 * that a CLIP text encoder takes, as the AUTOMATIC1111 web interface does.
 *
 * <p>A full chunk ends after its last comma, if that is among the last tokens, so that phrases stay whole:
 * what stood after the comma moves to the next chunk. A learned word of several tokens is never cut.
 */
public final class PromptChunks {
  /** Tokens of the prompt in one chunk. */
  public static final int CHUNK_TOKENS = ClipTokenizer.MAX_LENGTH - 2;
  /** How far before a chunk's end a comma may stand and still end it. */
  public static final int COMMA_BACKTRACK = 20;

  private static final String COMMA = "," + ClipVocabulary.WORD_END;
  private static final int NONE = -1;

  private final ClipTokenizer tokenizer;
  private final int commaBacktrack;
  private final int commaId;

  /** Chunks with a comma backtrack of {@value #COMMA_BACKTRACK}. */
  public PromptChunks(ClipTokenizer tokenizer) {
    this(tokenizer, COMMA_BACKTRACK);
  }

  /**
   * @param commaBacktrack 0 to cut wherever a chunk is full, up to {@value #CHUNK_TOKENS}
   */
  public PromptChunks(ClipTokenizer tokenizer, int commaBacktrack) {
    if (commaBacktrack < 0 || commaBacktrack > CHUNK_TOKENS) {
      throw new IllegalArgumentException("commaBacktrack is " + commaBacktrack
          + ", expected 0 to " + CHUNK_TOKENS);
    }
    this.tokenizer = tokenizer;
    this.commaBacktrack = commaBacktrack;
    this.commaId = tokenizer.idOf(COMMA);
  }

  /**
   * The rows of a prompt with weights in brackets (see {@link PromptParser}). Without weights, and if the
   * prompt fits one row, its ids are those of {@link ClipTokenizer#tokenize(String)}.
   */
  public EncodedPrompt encode(String prompt) {
    return encode(PromptParser.parse(prompt));
  }

  /** The rows of a text that is taken as it stands: brackets and {@code BREAK} are words like any other. */
  public EncodedPrompt encodeLiterally(String text) {
    return encode(List.of(new WeightedText(text, 1)));
  }

  /** The rows of a parsed prompt. */
  public EncodedPrompt encode(List<PromptPiece> pieces) {
    Rows rows = new Rows();
    for (PromptPiece piece : pieces) {
      if (piece instanceof WeightedText text) {
        rows.addAll(tokenizer.encode(text.text()), (float) text.weight());
      } else {
        rows.closeChunk(rows.count);
      }
    }
    return rows.finish();
  }

  /**
   * Brings a prompt and its negative prompt to the same number of chunks: the shorter one gets chunks of the
   * empty prompt, so that classifier-free guidance compares outputs of one shape.
   *
   * @return the given prompts in order, lengthened where needed
   */
  public List<EncodedPrompt> alignLengths(EncodedPrompt prompt, EncodedPrompt negative) {
    int chunks = Math.max(prompt.chunkCount(), negative.chunkCount());
    return List.of(padTo(prompt, chunks), padTo(negative, chunks));
  }

  private EncodedPrompt padTo(EncodedPrompt prompt, int chunks) {
    if (prompt.chunkCount() == chunks) {
      return prompt;
    }
    int[][] ids = Arrays.copyOf(prompt.ids(), chunks);
    float[][] weights = Arrays.copyOf(prompt.weights(), chunks);
    for (int row = prompt.chunkCount(); row < chunks; row++) {
      ids[row] = row(new int[0], 0);
      weights[row] = weightRow(new float[0], 0);
    }
    return new EncodedPrompt(ids, weights);
  }

  private int[] row(int[] tokens, int count) {
    int[] row = new int[ClipTokenizer.MAX_LENGTH];
    Arrays.fill(row, tokenizer.padId());
    row[0] = tokenizer.beginId();
    System.arraycopy(tokens, 0, row, 1, count);
    row[count + 1] = tokenizer.endId();
    return row;
  }

  private static float[] weightRow(float[] weights, int count) {
    float[] row = new float[ClipTokenizer.MAX_LENGTH];
    Arrays.fill(row, 1);
    System.arraycopy(weights, 0, row, 1, count);
    return row;
  }

  /** The rows so far and the chunk being filled. */
  private final class Rows {
    private final List<int[]> ids = new ArrayList<>();
    private final List<float[]> weights = new ArrayList<>();
    private final int[] tokens = new int[CHUNK_TOKENS];
    private final float[] tokenWeights = new float[CHUNK_TOKENS];
    private int count;
    private int lastComma = NONE;

    void addAll(int[] ids, float weight) {
      for (int at = 0; at < ids.length; ) {
        int length = tokenizer.lengthFrom(ids[at]);
        makeRoom(ids[at], length);
        for (int end = at + length; at < end; at++) {
          tokens[count] = ids[at];
          tokenWeights[count++] = weight;
        }
      }
    }

    private void makeRoom(int token, int length) {
      if (token == commaId) {
        lastComma = count;
      } else if (count == CHUNK_TOKENS && lastComma != NONE && count - lastComma <= commaBacktrack) {
        closeChunk(lastComma + 1);
      }
      if (count + length > CHUNK_TOKENS) {
        closeChunk(count);
      }
    }

    /** Ends the chunk after its first tokens; the others become the first of the next. */
    void closeChunk(int kept) {
      ids.add(row(tokens, kept));
      weights.add(weightRow(tokenWeights, kept));
      System.arraycopy(tokens, kept, tokens, 0, count - kept);
      System.arraycopy(tokenWeights, kept, tokenWeights, 0, count - kept);
      count -= kept;
      lastComma = NONE;
    }

    EncodedPrompt finish() {
      if (count > 0 || ids.isEmpty()) {
        closeChunk(count);
      }
      return new EncodedPrompt(ids.toArray(int[][]::new), weights.toArray(float[][]::new));
    }
  }
}
