package dev.kasane.core.spi;

import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The neutral form of an adapter file: what every {@link AdapterFormat} reads into and writes from.
 *
 * <p>Learned words (textual inversion) are the component {@link #EMBEDDINGS}: the path of a module is the
 * word, its tensors are named by the text encoder that they are for ({@code text_encoder},
 * {@code text_encoder_2}), each (vectors, width): a word may stand for several tokens.
 *
 * @param components layers by component ({@code unet}, {@code text_encoder}), in the file's order
 * @param unmatched keys of the file that fit no layer of the base, each with the reason
 * @param metadata the file's own metadata
 * @param notes what was left out of account though it changes no tensor, a sentence each, for people
 * @param training how it was trained, of one that comes out of a training
 */
public record AdapterModel(
    Map<String, List<AdapterModule>> components,
    List<UnmatchedKey> unmatched,
    Map<String, String> metadata,
    List<String> notes,
    Optional<TrainingRecord> training) {
  /** The component of learned words, which are no layers. */
  public static final String EMBEDDINGS = "embeddings";

  /** An adapter of which nothing is to be told. */
  public AdapterModel(
      Map<String, List<AdapterModule>> components, List<UnmatchedKey> unmatched, Map<String, String> metadata) {
    this(components, unmatched, metadata, List.of(), Optional.empty());
  }

  /**
   * The same with every tensor on the device of a manager; those that lie there are not copied.
   *
   * @param owner owner of the copies
   */
  public AdapterModel placed(NDManager owner) {
    Map<String, List<AdapterModule>> there = new LinkedHashMap<>();
    components.forEach((name, modules) -> there.put(name, modules.stream().map(each -> each.placed(owner)).toList()));
    return new AdapterModel(there, unmatched, metadata, notes, training);
  }
}
