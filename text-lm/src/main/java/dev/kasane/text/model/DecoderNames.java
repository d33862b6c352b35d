package dev.kasane.text.model;

/**
 * The names that a family gives the parts of a decoder: the paths of its state dict. Null for parts that the
 * family does not have.
 *
 * @param tokens the token embedding
 * @param positions the table of positions
 * @param projectIn from the embedding's width to the model's
 * @param projectOut back
 * @param layers the list of layers
 * @param norm the last normalisation
 * @param head the output head
 * @param layer the names inside a layer
 * @param transposed whether files hold the layers' matrices as (in, out)
 */
public record DecoderNames(
    String tokens,
    String positions,
    String projectIn,
    String projectOut,
    String layers,
    String norm,
    String head,
    Layer layer,
    boolean transposed) {

  /**
   * The names inside a layer.
   *
   * @param query the query's projection, or that of query, key and value where there is one for all
   * @param key the key's projection
   * @param value the value's projection
   * @param output the attention's output projection
   * @param gate the feed-forward's gate
   * @param up the feed-forward's way in
   * @param down the feed-forward's way out
   * @param attentionNorm the attention's normalisation, before or after it
   * @param attentionOutNorm one behind the attention where there are both
   * @param feedForwardNorm the feed-forward's normalisation, before or after it
   * @param feedForwardOutNorm one behind the feed-forward where there are both
   */
  public record Layer(
      String query,
      String key,
      String value,
      String output,
      String gate,
      String up,
      String down,
      String attentionNorm,
      String attentionOutNorm,
      String feedForwardNorm,
      String feedForwardOutNorm) {}

  /** The first word of the paths, which checkpoints of the bare decoder lack. */
  public String prefix() {
    return tokens.substring(0, tokens.indexOf('.') + 1);
  }
}
