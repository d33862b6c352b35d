package dev.kasane.core;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * How large a model can be that a configuration describes: a few times more than any there is, so that a damaged or
 * hostile number is refused before something is built of that size.
 */
public enum ModelSize {
  /** Layers of a transformer, one on top of the other. */
  LAYERS("layers", 1024, List.of("num_hidden_layers", "n_layer")),
  /** Residual blocks or transformer blocks of one resolution. */
  BLOCK_LAYERS("layers in a block", 32, List.of("layers_per_block", "transformer_layers_per_block")),
  /** Resolutions of a U-Net or autoencoder: how many numbers its lists have. */
  RESOLUTIONS("resolutions", 8, List.of()),
  /** Heads of an attention. */
  HEADS("heads", 4096, List.of("num_attention_heads", "num_key_value_heads", "n_head", "attention_head_dim")),
  /** Entries of a token embedding. */
  VOCABULARY("tokens", 1 << 24, List.of("vocab_size")),
  /** Tokens that a model can read. */
  POSITIONS("positions", 1 << 28, List.of("max_position_embeddings", "n_positions", "sliding_window",
      "original_max_position_embeddings")),
  /** Numbers that go into or out of a layer, or along one side of a picture. */
  WIDTH("numbers in a layer", 1 << 20, List.of());

  private final String what;
  private final int most;
  private final List<String> keys;

  ModelSize(String what, int most, List<String> keys) {
    this.what = what;
    this.most = most;
    this.keys = keys;
  }

  /** The size that a key of a {@code config.json} states; a width where the key says nothing else. */
  public static ModelSize of(String key) {
    for (ModelSize size : values()) {
      if (size.keys.contains(key)) {
        return size;
      }
    }
    return WIDTH;
  }

  /** The most that is built. */
  public int most() {
    return most;
  }

  /**
   * The whole number, from 1, that a configuration states.
   *
   * @param place file and key, for messages
   * @throws UserException when it is none, or more than any model has
   */
  public int read(JsonNode value, String place) {
    double number = value.isNumber() ? value.asDouble() : Double.NaN;
    if (!(number >= 1) || number != Math.rint(number)) {
      throw new UserException(place + " is " + VisibleText.shortened(value.toString())
          + ", expected a whole number from 1 to " + most + ".");
    }
    if (number > most) {
      throw new UserException(place + " is " + VisibleText.shortened(value.toString()) + ", more " + what
          + " than any model has; expected at most " + most + ". The file is damaged, or no model's configuration.");
    }
    return (int) number;
  }
}
