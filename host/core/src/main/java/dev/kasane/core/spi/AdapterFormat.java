package dev.kasane.core.spi;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.tensor.ElementType;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pf4j.ExtensionPoint;

/**
 * A file format for adapters. Nothing outside a format knows the grammar of its keys.
 */
public interface AdapterFormat extends ExtensionPoint {
  /** The name that users type, such as {@code kohya}. */
  String id();

  /** One sentence for {@code kasane plugins list}. */
  String description();

  /**
   * Takes a key apart; nothing for one that no file of this format has.
   *
   * @param key a tensor's name
   */
  Optional<AdapterKey> parse(String key);

  /**
   * Takes the keys of a file in this format apart, damaged or not; nothing when it is in another. Unless a format says
   * otherwise, one key with a sign is enough; where several formats claim a key, the surest counts, of those equally
   * sure the first by its id.
   *
   * @param keys the tensor names of a file
   */
  default Map<String, AdapterKey> recognise(Set<String> keys) {
    Map<String, AdapterKey> parsed = new LinkedHashMap<>();
    keys.forEach(key -> parse(key).ifPresent(found -> parsed.put(key, found)));
    return parsed.values().stream().anyMatch(key -> key.sign() != AdapterKey.Sign.NONE) ? parsed : Map.of();
  }

  /**
   * Whether a folder as a whole is an adapter in this format; such a folder may be given to {@link #read}.
   *
   * @param named a folder, or a file that may by its name be one of an adapter's folder
   */
  default boolean recognisesFolder(Path named) {
    return false;
  }

  /**
   * Names of the file with the tensors in a folder of such an adapter, the first that is there counts; one in a folder
   * of a base's part is {@code unet/…}.
   */
  default List<String> weightNames() {
    return List.of();
  }

  /** The files beside one of tensors without which it means nothing. */
  default List<Path> sideFiles(Path weights) {
    return List.of();
  }

  /**
   * What a file's header, and what lies beside the file, tell people.
   *
   * @throws dev.kasane.core.files.FileFault when what lies beside it is damaged; the message names it
   */
  default HeaderFacts describe(AdapterHeader header) {
    return HeaderFacts.NONE;
  }

  /** Whether each module has an alpha of its own, so that it is worth telling how many have none. */
  default boolean keepsAlphas() {
    return false;
  }

  /** Whether modules are named by a diffusion model's layers, so that a name that no known base has is worth telling. */
  default boolean namesDiffusionLayers() {
    return false;
  }

  /** What the metadata of a file in any format tell people in the words of this one's tools. */
  default HeaderFacts describe(Map<String, String> metadata) {
    return HeaderFacts.NONE;
  }

  /** The names of metadata that describe a file's tensors: what is made of the file does not inherit them. */
  default Set<String> metadataOfTensors() {
    return Set.of();
  }

  /**
   * The hashes by which this format's tools know a file, by name.
   *
   * @param file a file in any format
   * @throws dev.kasane.core.files.FileFault when it cannot be read to its end
   */
  default Map<String, String> hashes(Path file) {
    return Map.of();
  }

  /**
   * Whether an adapter in this format is a folder of its own, so that {@link #write} is given a name without
   * an ending.
   */
  default boolean writesFolders() {
    return false;
  }

  /**
   * Reads a file.
   *
   * @param file the file, or a folder that is recognised
   * @param layers the base model's layer paths by component; keys are matched against these
   * @param scope owner of the tensors
   * @return the neutral model; keys that fit no layer are listed, never dropped in silence
   * @throws dev.kasane.core.files.FileFault when the file cannot be read or is damaged
   */
  AdapterModel read(Path file, Map<String, Collection<String>> layers, NDManager scope);

  /**
   * Proposes new keys for a file, or a folder's tensors, that a faulty tool mangled, so that this format can read them.
   *
   * @param keys the keys of the file
   * @param layers the base model's layer paths by component
   * @return mangled key → the key that was meant, for every key that has to change; nothing when none has to,
   *     or when what was meant is not certain for every one of them
   */
  default Optional<Map<String, String>> repair(Set<String> keys, Map<String, Collection<String>> layers) {
    return Optional.empty();
  }

  /**
   * What this format's tools read of a training in the metadata of a file. Metadata are common to all: those of every
   * format go into whatever file an adapter is saved in. A format that keeps such facts elsewhere takes them from
   * {@link AdapterModel#training} when it writes.
   */
  default Map<String, String> metadata(TrainingRecord training) {
    return Map.of();
  }

  /**
   * Writes a file; an existing one is replaced only when everything has been written.
   *
   * @param model what to write
   * @param file where to
   * @param storage one of {@link ElementType#PRECISIONS}
   * @throws dev.kasane.core.UserException when the format cannot hold the model, with the reason
   * @throws dev.kasane.core.files.FileFault when it cannot be written
   */
  void write(AdapterModel model, Path file, ElementType storage);
}
