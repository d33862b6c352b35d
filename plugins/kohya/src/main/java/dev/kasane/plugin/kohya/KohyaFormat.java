package dev.kasane.plugin.kohya;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.checkpoint.AdapterFileWriter;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileNames;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.HeaderFacts;
import dev.kasane.core.spi.TrainingRecord;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.GradMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/**
 * Files of kohya's scripts, LyCORIS, AUTOMATIC1111, ComfyUI and OneTrainer: safetensors, or pickles, with flattened or
 * dotted layer names.
 */
@Extension
public final class KohyaFormat implements AdapterFormat {
  @Override
  public String id() {
    return "kohya";
  }

  @Override
  public String description() {
    return "Safetensors as kohya's scripts, LyCORIS, AUTOMATIC1111, ComfyUI and OneTrainer use them.";
  }

  @Override
  public Optional<AdapterKey> parse(String key) {
    return KeyGrammar.parse(key);
  }

  @Override
  public boolean keepsAlphas() {
    return true;
  }

  @Override
  public boolean namesDiffusionLayers() {
    return true;
  }

  @Override
  public HeaderFacts describe(Map<String, String> metadata) {
    return MetadataFacts.of(metadata);
  }

  @Override
  public Set<String> metadataOfTensors() {
    return KohyaMetadata.OF_TENSORS;
  }

  @Override
  public Map<String, String> hashes(Path file) {
    try {
      return PublishedHashes.of(file);
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be read", e);
    }
  }

  @Override
  public AdapterModel read(Path file, Map<String, Collection<String>> layers, NDManager scope) {
    try (AdapterFile opened = AdapterFile.open(file)) {
      return new KohyaReader(opened, new KeyTable(layers), scope).read();
    }
  }

  @Override
  public Optional<Map<String, String>> repair(Set<String> keys, Map<String, Collection<String>> layers) {
    return new KeyRepairs(new KeyTable(layers)).of(keys);
  }

  @Override
  public Map<String, String> metadata(TrainingRecord training) {
    return TrainingFields.of(training);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The metadata are the model's, completed: {@code ss_base_model_version}, {@code ss_output_name},
   * {@code modelspec.*} and the like are taken as given; hashes are always computed.
   *
   * @throws UserException for a component that such files cannot hold, an unknown storage, or values that
   *     the storage cannot hold
   */
  @Override
  public void write(AdapterModel model, Path file, ElementType storage) {
    AdapterFileWriter writer = new AdapterFileWriter(storage);
    try (GradMode off = GradMode.off()) {
      WrittenNames names = WrittenNames.of(model);
      model.components().forEach((component, modules) -> modules.forEach(module -> {
        if (component.equals(AdapterModel.EMBEDDINGS)) {
          BundledWords.write(module, writer);
        } else {
          add(names.of(component, module.path()), module, writer);
        }
      }));
      AdapterFileWriter.requireFolder(file);
      Map<String, String> metadata = KohyaMetadata.of(model, FileNames.stem(file));
      Map<String, String> hashes =
          PublishedHashes.of(file, writer.tensors(), KohyaMetadata.trainingOnly(metadata));
      metadata.putAll(hashes);
      metadata.computeIfPresent("modelspec.hash_sha256", (key, old) -> "0x" + hashes.get(PublishedHashes.MODEL));
      writer.write(file, metadata);
    }
  }

  private static void add(String name, AdapterModule module, AdapterFileWriter writer) {
    module.requireOfItsOwn();
    module.tensors().forEach((parameter, tensor) -> writer.add(name + "." + stored(parameter, module), tensor));
    numbers(module).forEach((parameter, value) -> writer.add(name + "." + parameter, value));
  }

  /**
   * Other tools know no scalar: it becomes a part of alpha, where that means something and does not become 0, which
   * means the rank.
   */
  private static Map<String, Double> numbers(AdapterModule module) {
    Map<String, Double> numbers = new LinkedHashMap<>(module.constants());
    numbers.remove(AdapterModule.TURNS_LENGTHS);
    double alpha = numbers.getOrDefault(AdapterModule.ALPHA, 0.0) * numbers.getOrDefault(AdapterModule.SCALAR, 1.0);
    boolean scaled = !module.tensors().keySet().containsAll(Set.of("lokr_w1", "lokr_w2"));
    if (scaled && alpha != 0 && !numbers.containsKey(AdapterModule.SCALE)) {
      numbers.remove(AdapterModule.SCALAR);
      numbers.put(AdapterModule.ALPHA, alpha);
    }
    return numbers;
  }

  /** ComfyUI's name for a weight in the place of the base's; (IA)³ has a parameter of the same name. */
  private static String stored(String parameter, AdapterModule module) {
    return parameter.equals(Parameters.WHOLE) && module.constants().isEmpty() ? Parameters.SET : parameter;
  }
}
