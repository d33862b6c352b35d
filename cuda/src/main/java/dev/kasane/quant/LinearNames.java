package dev.kasane.quant;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Set;

/** Tells from names and shapes alone which tensors of a checkpoint are weights of linear layers. */
public final class LinearNames {
  private static final String WEIGHT = ".weight";
  private static final Set<String> HEADS = Set.of("lm_head", "embed_out", "output_projection");
  /** Tables of rows that are looked up, in the words of the usual models. */
  private static final Set<String> TABLES = Set.of("embed_tokens", "embed_positions", "embed_in", "wte", "wpe",
      "word_embeddings", "word_embeddings_layernorm", "tok_embeddings", "token_embedding", "position_embedding",
      "position_embeddings", "token_type_embeddings", "shared", "relative_attention_bias", "class_embedding",
      "embeddings");

  private LinearNames() {}

  /**
   * Whether a tensor is the weight of a linear layer that is quantised.
   *
   * @param name the tensor's name
   * @param shape its shape: two axes
   * @param skips names or ends of names, at a dot, of layers that stay dense
   */
  public static boolean isLinear(String name, Shape shape, List<String> skips) {
    if (shape.dimension() != 2 || !name.endsWith(WEIGHT)) {
      return false;
    }
    String layer = name.substring(0, name.length() - WEIGHT.length());
    return !isHead(layer) && !TABLES.contains(last(layer))
        && skips.stream().noneMatch(skip -> isWithin(layer, skip));
  }

  /** The last word of the layer that a weight's name names. */
  public static String layerWord(String weight) {
    return last(weight.endsWith(WEIGHT) ? weight.substring(0, weight.length() - WEIGHT.length()) : weight);
  }

  /** Whether a layer is a language model's output head. */
  public static boolean isHead(String layer) {
    return HEADS.contains(last(layer));
  }

  /** Whether a dotted path has the dotted words of another in a row. */
  static boolean isWithin(String layer, String words) {
    return ("." + layer + ".").contains("." + words + ".");
  }

  private static String last(String layer) {
    return layer.substring(layer.lastIndexOf('.') + 1);
  }
}
