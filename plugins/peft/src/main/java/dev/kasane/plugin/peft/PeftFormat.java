package dev.kasane.plugin.peft;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import dev.kasane.core.checkpoint.AdapterFileWriter;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.Folders;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterHeader;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.lowrank.DoraStrength;
import dev.kasane.core.spi.HeaderFacts;
import dev.kasane.core.spi.UnmatchedKey;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.plugin.peft.PeftFiles.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pf4j.Extension;

/** Adapter folders of Hugging Face PEFT. */
@Extension
public final class PeftFormat implements AdapterFormat {
  @Override
  public String id() {
    return "peft";
  }

  @Override
  public String description() {
    return "Folders of Hugging Face PEFT: adapter_config.json and adapter_model.safetensors.";
  }

  @Override
  public Optional<AdapterKey> parse(String key) {
    return Optional.of(KeyGrammar.describe(key));
  }

  @Override
  public HeaderFacts describe(AdapterHeader header) {
    return ConfigFacts.beside(header.file()).facts();
  }

  @Override
  public List<String> weightNames() {
    return PeftFiles.weightNames();
  }

  @Override
  public List<Path> sideFiles(Path weights) {
    return Stream.of(weights.resolveSibling(PeftFiles.CONFIG)).filter(Files::isRegularFile).toList();
  }

  @Override
  public Optional<Map<String, String>> repair(Set<String> keys, Map<String, Collection<String>> layers) {
    return new WrapperNames(new BasePlaces(layers, "")).of(keys);
  }

  @Override
  public boolean recognisesFolder(Path named) {
    return PeftFiles.isAdapter(named);
  }

  @Override
  public boolean writesFolders() {
    return true;
  }

  /**
   * {@inheritDoc}
   *
   * @param file a folder; a folder of folders named after components; or a file of tensors with its
   *     configuration beside it
   */
  @Override
  public AdapterModel read(Path file, Map<String, Collection<String>> layers, NDManager scope) {
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    List<UnmatchedKey> unmatched = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    for (Part part : PeftFiles.find(file)) {
      if (!Files.exists(part.weights())) {
        throw new FileFault(part.weights(), "there is no such file");
      }
      PeftConfig config = ConfigFiles.read(part.config());
      String name = part.folder().isEmpty() ? folderName(part.weights()) : part.folder();
      PartReader reader = new PartReader(part, config, new BasePlaces(layers, name), scope);
      reader.read(metadata).forEach((component, modules) ->
          components.computeIfAbsent(component, each -> new ArrayList<>()).addAll(modules));
      unmatched.addAll(reader.unmatched());
      metadata.put(part.metadataKey(), ConfigFiles.text(config));
      if (!config.ignored().isEmpty()) {
        notes.add("left out of account in " + part.metadataKey() + ", as PEFT does: " + config.ignored().stream()
            .map(VisibleText::shortened).collect(Collectors.joining(", ")));
      }
    }
    components.values().forEach(modules -> DoraStrength.declare(metadata, modules));
    return new AdapterModel(components, List.copyOf(unmatched), metadata, List.copyOf(notes), Optional.empty());
  }

  private static String folderName(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    return folder == null || folder.getFileName() == null ? "" : folder.getFileName().toString();
  }

  /**
   * {@inheritDoc}
   *
   * <p>An adapter of one component becomes a folder's two files, one of several a folder of folders. A folder
   * appears whole, or takes the place of an old adapter's whole; other files in that stay. The
   * metadata key {@code adapter_config.json}, or {@code <component>/adapter_config.json}, may hold the
   * configuration that was read, or some of its keys: what is true of the tensors is kept. Of an adapter that comes out
   * of a training on text the configuration names the base, the task and the numbered layers.
   *
   * @param file a folder, which is made where it is missing, or a file that ends in {@code .safetensors}
   * @throws UserException for what PEFT cannot hold, and for an unknown storage
   */
  @Override
  public void write(AdapterModel model, Path file, ElementType storage) {
    boolean single = file.getFileName().toString().endsWith(".safetensors");
    if (single && model.components().size() > 1) {
      throw new UserException("The adapter has the components " + model.components().keySet()
          + ", but one PEFT file holds one. Name a folder instead of " + file + ".");
    } else if (model.components().isEmpty()) {
      throw new UserException("The adapter has no layers; there is nothing to write to " + file + ".");
    }
    if (single) {
      requireOwnConfig(file);
    }
    Map<String, PartWriter> writers = new LinkedHashMap<>();
    model.components().forEach((name, modules) -> writers.put(name, new PartWriter(name, modules, storage)));
    AdapterFileWriter.requireFolder(file);
    try (PendingFolder pending = PendingFolder.beside(file)) {
      for (Map.Entry<String, PartWriter> writer : writers.entrySet()) {
        Path folder = writers.size() == 1 ? pending.path() : Folders.make(pending.path().resolve(writer.getKey()));
        Path weights = folder.resolve(single ? file.getFileName().toString() : PeftFiles.WEIGHTS);
        writer.getValue().write(weights, given(model, writer.getKey()), texts(model));
      }
      if (single) {
        pending.moveFilesInto(file.toAbsolutePath().getParent());
      } else {
        pending.replaceTarget(PeftFiles::isOfAdapter);
      }
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be written", e);
    }
  }

  /** A file's configuration lies beside it under a fixed name, which may be that of another adapter. */
  private static void requireOwnConfig(Path file) {
    Path config = file.resolveSibling(PeftFiles.CONFIG);
    if (Files.exists(config) && !Files.exists(file)) {
      throw new UserException(config + " exists and belongs to another adapter; writing " + file
          + " would replace it. Name a folder instead, without .safetensors at its end.");
    }
  }

  private static ObjectNode given(AdapterModel model, String component) {
    Map<String, String> metadata = model.metadata();
    String key = component + "/" + PeftFiles.CONFIG;
    String text = metadata.containsKey(key) ? metadata.get(key) : metadata.get(PeftFiles.CONFIG);
    try {
      return text != null ? ConfigFiles.parse(text)
          : model.training().map(ConfigDraft::ofTraining).orElseGet(JsonNodeFactory.instance::objectNode);
    } catch (IllegalArgumentException e) {
      throw new UserException("The adapter's metadata under " + PeftFiles.CONFIG + " are " + e.getMessage()
          + ".", e);
    }
  }

  /** Configurations have files of their own. */
  private static Map<String, String> texts(AdapterModel model) {
    Map<String, String> texts = new LinkedHashMap<>(model.metadata());
    texts.keySet().removeIf(key -> key.endsWith(PeftFiles.CONFIG));
    DoraStrength.save(model, texts);
    return texts;
  }
}
