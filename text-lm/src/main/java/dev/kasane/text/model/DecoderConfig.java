package dev.kasane.text.model;

/**
 * Everything that tells one decoder-only language model from another, weights aside.
 *
 * @param family the family's name
 * @param names what its parts are called
 * @param tokens the token embedding's shape
 * @param width width of a token inside the model
 * @param layers the layers, one on top of the other
 * @param attention the attention's shape
 * @param feedForward the feed-forward's shape
 * @param norm the normalisations
 * @param positions how positions are told apart
 * @param head how the last layer's output becomes scores
 * @param dropouts what the model leaves out while it is trained
 */
public record DecoderConfig(
    String family,
    DecoderNames names,
    Tokens tokens,
    int width,
    Layers layers,
    AttentionConfig attention,
    FeedForwardConfig feedForward,
    NormConfig norm,
    PositionConfig positions,
    Head head,
    DropoutRates dropouts) {

  /**
   * The token embedding's shape.
   *
   * @param count its rows
   * @param width width of a token in it
   * @param scale factor on its rows
   */
  public record Tokens(int count, int width, double scale) {
    /** An embedding whose rows are taken as they are. */
    public Tokens(int count, int width) {
      this(count, width, 1);
    }
  }

  /**
   * The layers, one on top of the other.
   *
   * @param count how many
   * @param order how each puts its parts together
   */
  public record Layers(int count, BlockOrder order) {}

  /**
   * How the last layer's output becomes scores.
   *
   * @param normed whether it is normalised first
   * @param tied whether by the token embedding's own rows
   * @param cap scores become cap·tanh(score/cap); 0 for no cap
   */
  public record Head(boolean normed, boolean tied, double cap) {}

  /** How many tokens it knows: the rows of the token embedding. */
  public int vocabularySize() {
    return tokens.count();
  }

  /** The same with a head of its own. */
  public DecoderConfig untied() {
    return with(tokens, new Head(head.normed(), false, head.cap()));
  }

  /** The same with another number of rows in the embedding and the head. */
  public DecoderConfig withVocabulary(int size) {
    return with(new Tokens(size, tokens.width(), tokens.scale()), head);
  }

  private DecoderConfig with(Tokens other, Head otherHead) {
    return new DecoderConfig(family, names, other, width, layers, attention, feedForward, norm, positions, otherHead,
        dropouts);
  }
}
