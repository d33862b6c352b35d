package dev.kasane.text.model;

import java.util.Objects;

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
 * @param finalNorm whether there is a normalisation after the last layer
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

  /** Begins a configuration; what is not set afterwards is as most families have it. */
  public static Builder of(String family, DecoderNames names) {
    return new Builder(family, names);
  }

  /** A configuration whose values are set by their names. */
  public static final class Builder {
    private final String family;
    private final DecoderNames names;
    private int vocabularySize;
    private int width;
    private int embeddingWidth;
    private int layers;
    private AttentionConfig attention;
    private FeedForwardConfig feedForward;
    private NormConfig norm;
    private BlockOrder order = BlockOrder.BEFORE;
    private boolean finalNorm = true;
    private PositionConfig positions;
    private double embeddingScale = 1;
    private boolean tiedHead;
    private double scoreCap;
    private DropoutRates dropouts = DropoutRates.NONE;

    private Builder(String family, DecoderNames names) {
      this.family = family;
      this.names = names;
    }

    /** Rows of the token embedding. */
    public Builder vocabularySize(int size) {
      vocabularySize = size;
      return this;
    }

    /** Width of a token, inside the model and in the embedding. */
    public Builder width(int size) {
      width = size;
      embeddingWidth = size;
      return this;
    }

    /** Width of a token in the embedding, where it is another than inside. */
    public Builder embeddingWidth(int size) {
      embeddingWidth = size;
      return this;
    }

    /** How many layers. */
    public Builder layers(int count) {
      layers = count;
      return this;
    }

    /** The attention's shape. */
    public Builder attention(AttentionConfig shape) {
      attention = shape;
      return this;
    }

    /** The feed-forward's shape. */
    public Builder feedForward(FeedForwardConfig shape) {
      feedForward = shape;
      return this;
    }

    /** The normalisations. */
    public Builder norm(NormConfig.Kind kind, double epsilon) {
      norm = new NormConfig(kind, epsilon);
      return this;
    }

    /** How a layer puts them together, where it is not {@link BlockOrder#BEFORE}. */
    public Builder order(BlockOrder inLayer) {
      order = inLayer;
      return this;
    }

    /** Whether there is a normalisation after the last layer; there is unless this says otherwise. */
    public Builder finalNorm(boolean there) {
      finalNorm = there;
      return this;
    }

    /** How positions are told apart. */
    public Builder positions(PositionConfig told) {
      positions = told;
      return this;
    }

    /** Factor on the token embedding's rows, where there is one. */
    public Builder embeddingScale(double factor) {
      embeddingScale = factor;
      return this;
    }

    /** Whether the head scores by the token embedding's own rows. */
    public Builder tiedHead(boolean tied) {
      tiedHead = tied;
      return this;
    }

    /** Scores become cap·tanh(score/cap); 0 for no cap. */
    public Builder scoreCap(double cap) {
      scoreCap = cap;
      return this;
    }

    /** What the model leaves out while it is trained. */
    public Builder dropouts(DropoutRates rates) {
      dropouts = rates;
      return this;
    }

    /**
     * The configuration.
     *
     * @throws NullPointerException when the shape of a part was not set
     */
    public DecoderConfig build() {
      return new DecoderConfig(family, names, vocabularySize, width, embeddingWidth, layers,
          Objects.requireNonNull(attention, "attention"), Objects.requireNonNull(feedForward, "feedForward"),
          Objects.requireNonNull(norm, "norm"), order, finalNorm, Objects.requireNonNull(positions, "positions"),
          embeddingScale, tiedHead, scoreCap, dropouts);
    }
  }
}
