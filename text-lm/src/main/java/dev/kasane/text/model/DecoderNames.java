package dev.kasane.text.model;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The names that a family gives the parts of a decoder: the paths of its state dict.
 *
 * @param paths of the parts that the family has; those inside a layer are relative to it
 * @param transposed whether files hold the layers' matrices as (in, out)
 */
public record DecoderNames(Map<Part, String> paths, boolean transposed) {
  /** The parts of a decoder. */
  public enum Part {
    /** The token embedding. */
    TOKENS,
    /** The table of positions. */
    POSITIONS,
    /** From the embedding's width to the model's. */
    PROJECT_IN,
    /** From the model's width to the embedding's. */
    PROJECT_OUT,
    /** The list of layers. */
    LAYERS,
    /** The last normalisation. */
    NORM,
    /** The output head. */
    HEAD,
    /** In a layer, the query's projection, or that of query, key and value where there is one for all. */
    QUERY,
    /** In a layer, the key's projection. */
    KEY,
    /** In a layer, the value's projection. */
    VALUE,
    /** In a layer, the attention's output projection. */
    OUTPUT,
    /** In a layer, the feed-forward's gate. */
    GATE,
    /** In a layer, the feed-forward's way in. */
    UP,
    /** In a layer, the feed-forward's way out. */
    DOWN,
    /** In a layer, the attention's normalisation, before or after it. */
    ATTENTION_NORM,
    /** In a layer, one after the attention where there are both. */
    ATTENTION_OUT_NORM,
    /** In a layer, the feed-forward's normalisation, before or after it. */
    FEED_FORWARD_NORM,
    /** In a layer, one after the feed-forward where there are both. */
    FEED_FORWARD_OUT_NORM
  }

  /** The names of a family that has nothing yet. */
  public static DecoderNames none() {
    return new DecoderNames(Map.of(), false);
  }

  /** The same with a part of that path, in the place of another if there was one. */
  public DecoderNames with(Part part, String path) {
    Map<Part, String> more = new EnumMap<>(Part.class);
    more.putAll(paths);
    more.put(part, path);
    return new DecoderNames(Map.copyOf(more), transposed);
  }

  /** The same for files that hold the layers' matrices as (in, out). */
  public DecoderNames withTransposedMatrices() {
    return new DecoderNames(paths, true);
  }

  /**
   * The path of a part.
   *
   * @throws IllegalStateException when the family has no such part
   */
  public String of(Part part) {
    return find(part).orElseThrow(() -> new IllegalStateException("The family has no " + part));
  }

  /** The path of a part, if the family has it. */
  public Optional<String> find(Part part) {
    return Optional.ofNullable(paths.get(part));
  }

  /** The token embedding's path. */
  public String tokens() {
    return of(Part.TOKENS);
  }

  /** The output head's path. */
  public String head() {
    return of(Part.HEAD);
  }

  /** The path of the list of layers. */
  public String layers() {
    return of(Part.LAYERS);
  }

  /** The first word of the paths, which checkpoints of the bare decoder lack. */
  public String prefix() {
    return tokens().substring(0, tokens().indexOf('.') + 1);
  }
}
