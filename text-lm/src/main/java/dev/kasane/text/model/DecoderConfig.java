package dev.kasane.text.model;

/**
 * Everything that tells one decoder-only language model from another, weights aside.
 *
 * @param family the family's name
 * @param names what its parts are called
 * @param vocabularySize rows of the token embedding
 * @param width width of a token inside the model
 * @param embeddingWidth width of a token in the embedding
 * @param layers how many layers
 * @param attention the attention's shape
 * @param feedForward the feed-forward's shape
 * @param norm the normalisations
 * @param order how a layer puts them together
 * @param finalNorm whether there is a normalisation behind the last layer
 * @param positions how positions are told apart
 * @param embeddingScale factor on the token embedding's rows
 * @param tiedHead whether the head scores by the token embedding's own rows
 * @param scoreCap scores become cap·tanh(score/cap); 0 for no cap
 * @param dropouts what the model leaves out while it is trained
 */
public record DecoderConfig(
    String family,
    DecoderNames names,
    int vocabularySize,
    int width,
    int embeddingWidth,
    int layers,
    AttentionConfig attention,
    FeedForwardConfig feedForward,
    NormConfig norm,
    BlockOrder order,
    boolean finalNorm,
    PositionConfig positions,
    double embeddingScale,
    boolean tiedHead,
    double scoreCap,
    DropoutRates dropouts) {
  /** The same with a head of its own. */
  public DecoderConfig untied() {
    return with(vocabularySize, false);
  }

  /** The same with another number of rows in the embedding and the head. */
  public DecoderConfig withVocabulary(int size) {
    return with(size, tiedHead);
  }

  private DecoderConfig with(int vocabulary, boolean tied) {
    return new DecoderConfig(family, names, vocabulary, width, embeddingWidth, layers, attention, feedForward, norm,
        order, finalNorm, positions, embeddingScale, tied, scoreCap, dropouts);
  }
}
