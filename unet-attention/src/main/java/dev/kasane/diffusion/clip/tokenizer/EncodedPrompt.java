package dev.kasane.diffusion.clip.tokenizer;

/**
 * A prompt of any length as rows for a CLIP text encoder, whose outputs are joined along the token axis.
 *
 * @param ids one row of {@value ClipTokenizer#MAX_LENGTH} ids a chunk, at least one row
 * @param weights the weight of each of these tokens; 1 for begin, end and padding
 */
public record EncodedPrompt(int[][] ids, float[][] weights) {
  /** Checks that there is a weight for every id. */
  public EncodedPrompt {
    if (ids.length == 0 || ids.length != weights.length) {
      throw new IllegalArgumentException(ids.length + " rows of ids and " + weights.length
          + " rows of weights, expected the same number and at least one");
    }
    for (int row = 0; row < ids.length; row++) {
      if (ids[row].length != ClipTokenizer.MAX_LENGTH || weights[row].length != ClipTokenizer.MAX_LENGTH) {
        throw new IllegalArgumentException("Row " + row + " has " + ids[row].length + " ids and "
            + weights[row].length + " weights, expected " + ClipTokenizer.MAX_LENGTH + " of each");
      }
    }
  }

  /** The number of rows. */
  public int chunkCount() {
    return ids.length;
  }

  /** Whether any token has a weight other than 1. */
  public boolean isWeighted() {
    for (float[] row : weights) {
      for (float weight : row) {
        if (weight != 1) {
          return true;
        }
      }
    }
    return false;
  }
}
