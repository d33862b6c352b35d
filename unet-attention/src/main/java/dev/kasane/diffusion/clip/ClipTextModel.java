package dev.kasane.diffusion.clip;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.Embedding;
import dev.kasane.core.module.LayerNorm;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;

/**
 * The CLIP text encoder (Radford et al. 2021) as Stable Diffusion uses it: the last layer's tokens, under
 * transformers' names. Its width and activation make it OpenAI's ViT-L/14 or OpenCLIP's
 * ViT-H or ViT-bigG.
 */
public final class ClipTextModel extends Module {
  private final ClipConfig config;
  private final TextModel text;
  private final Linear projection;

  /**
   * Builds the modules; weights come later.
   *
   * @param config the encoder's shape
   */
  public ClipTextModel(ClipConfig config) {
    this.config = config;
    this.text = child("text_model", new TextModel(config));
    this.projection = config.projectionWidth() == 0 ? null
        : child("text_projection", new Linear(config.width(), config.projectionWidth(), false));
  }

  /** The encoder's shape. */
  public ClipConfig config() {
    return config;
  }

  /**
   * Encodes token ids.
   *
   * @param ids (batch, tokens), 64-bit integers, at most {@link ClipConfig#positions} tokens
   * @return (batch, tokens, width) after the final normalisation
   */
  public NDArray forward(NDArray ids) {
    return forward(ids, 0, DataType.FLOAT32);
  }

  /**
   * Encodes token ids and stops early.
   *
   * @param ids (batch, tokens)
   * @param skip layers to leave out at the end, 0 for none; the final normalisation stays ("clip skip"
   *     of the community is one more)
   * @param type type of the computation
   */
  public NDArray forward(NDArray ids, int skip, DataType type) {
    return forward(ids, LearnedWords.NONE, skip, type);
  }

  /**
   * Encodes token ids, those of learned words among them, as {@link #forward(NDArray, int, DataType)}.
   *
   * @param words what ids from {@link ClipConfig#vocabularySize} on stand for
   */
  public NDArray forward(NDArray ids, LearnedWords words, int skip, DataType type) {
    NDArray hidden = OPS.cast(text.embeddings.forward(ids, words), type);
    int count = text.layers.size() - skip;
    for (ClipLayer layer : text.layers.list().subList(0, count)) {
      hidden = layer.forward(hidden);
    }
    return text.finalNorm.forward(hidden);
  }

  /**
   * One vector for the whole text: the projection of the last layer's token at the end of the text.
   *
   * @param ids (batch, tokens), 64-bit integers; the end is the largest id, as in OpenAI's vocabulary
   * @return (batch, projection width)
   * @throws IllegalStateException for an encoder without projection
   */
  public NDArray pooled(NDArray ids) {
    if (projection == null) {
      throw new IllegalStateException("This text encoder has no projection");
    }
    try (NDArray tokens = forward(ids);
        NDArray ends = ids.argMax(1);
        NDArray chosen = tokens.get(new NDIndex("{}, {}", ids.getManager().arange(0,
            (int) ids.getShape().get(0), 1, DataType.INT64), ends))) {
      return projection.forward(chosen);
    }
  }

  private static final class TextModel extends Module {
    private final Embeddings embeddings;
    private final Blocks<ClipLayer> layers = new Blocks<>();
    private final LayerNorm finalNorm;

    TextModel(ClipConfig config) {
      embeddings = child("embeddings", new Embeddings(config));
      for (int i = 0; i < config.layers(); i++) {
        layers.add(new ClipLayer(config));
      }
      child("encoder", new Encoder(layers));
      finalNorm = child("final_layer_norm", new LayerNorm(config.width(), config.epsilon()));
    }
  }

  private static final class Encoder extends Module {
    Encoder(Blocks<ClipLayer> layers) {
      child("layers", layers);
    }
  }

  private static final class Embeddings extends Module {
    private final Embedding tokens;
    private final Embedding positions;
    private final long size;

    Embeddings(ClipConfig config) {
      tokens = child("token_embedding", new Embedding(config.vocabularySize(), config.width()));
      size = config.vocabularySize();
      positions = child("position_embedding", new Embedding(config.positions(), config.width()));
    }

    NDArray forward(NDArray ids, LearnedWords words) {
      long count = ids.getShape().get(1);
      NDArray places = ids.getManager().arange(0, (int) count, 1, DataType.INT64);
      return words.embed(tokens, size, ids).add(positions.forward(places));
    }
  }
}
