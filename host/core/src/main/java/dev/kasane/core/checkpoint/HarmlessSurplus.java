package dev.kasane.core.checkpoint;

import java.util.List;

/**
 * Tensors that checkpoints carry and models do not need: buffers that older libraries saved although they
 * follow from the configuration. They are passed over without a word; any other surplus is reported.
 *
 * <ul>
 *   <li>{@code …embeddings.position_ids}: the numbers 0, 1, 2, … (transformers before 4.31)
 *   <li>{@code ….rotary_emb.inv_freq}: frequencies of rotary positions (transformers before 4.32)
 *   <li>{@code ….attn_mask}, {@code ….attention.bias}, {@code ….attention.masked_bias}: causal masks
 *   <li>{@code ….num_batches_tracked}: a counter of batch normalisation
 * </ul>
 */
final class HarmlessSurplus {
  private static final List<String> ENDINGS = List.of("embeddings.position_ids", "rotary_emb.inv_freq",
      "attn_mask", "attention.bias", "attention.masked_bias", "num_batches_tracked");

  private HarmlessSurplus() {}

  static boolean contains(String name) {
    return ENDINGS.stream().anyMatch(ending -> name.equals(ending) || name.endsWith("." + ending));
  }
}
