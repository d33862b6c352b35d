package dev.kasane.plugin.cloneofsimo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterModule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Learned words in the neutral form. */
final class WordVectors {
  private WordVectors() {}

  /**
   * A word.
   *
   * @param word what is typed in a prompt
   * @param byEncoder its vectors by text encoder, each (width) or (vectors, width)
   */
  static AdapterModule module(String word, Map<String, NDArray> byEncoder) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    byEncoder.forEach((encoder, vectors) -> tensors.put(encoder, vectors.getShape().dimension() == 1
        ? vectors.reshape(new Shape(1, vectors.size())) : vectors));
    return new AdapterModule(word, tensors, Map.of());
  }

  /** The key of a word in angle brackets. */
  static Optional<AdapterKey> parse(String key) {
    return key.startsWith("<") && key.matches("<.{1,254}>") ? Optional.of(AdapterKey.of(key, "").as(AdapterKey.Role.WORD)) : Optional.empty();
  }
}
