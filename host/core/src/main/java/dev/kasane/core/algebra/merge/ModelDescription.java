package dev.kasane.core.algebra.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.PendingFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What the files beside a model's weights say otherwise once the weights are others: that the head is the embedding no
 * longer, how many rows they have, and which file a new tensor is in.
 *
 * @param config keys of {@code config.json} with their new values
 * @param added new tensors with the names of their files, for the index of a model in several
 * @param files other files that take the place of the model's, such as a tokeniser's
 */
public record ModelDescription(Map<String, Object> config, Map<String, String> added, List<Path> files) {
  private static final String CONFIG = "config.json";
  private static final String INDICES = "*.safetensors.index.json";
  private static final String TOTAL = "total_size";
  private static final int INDEX_BYTES = 64 << 20;

  static ModelDescription of(boolean untied, CheckpointLayers base, Map<String, Path> added) {
    Map<String, Object> config = new LinkedHashMap<>();
    if (untied) {
      config.put("tie_word_embeddings", false);
    }
    base.resizedRows().ifPresent(rows -> config.put("vocab_size", rows));
    Map<String, String> names = new LinkedHashMap<>();
    added.forEach((tensor, file) -> names.put(tensor, file.getFileName().toString()));
    return new ModelDescription(config, names, List.of());
  }

  /** The same with files that take the place of the model's. */
  public ModelDescription with(List<Path> replacing) {
    return new ModelDescription(config, added, List.copyOf(replacing));
  }

  private List<Path> edited(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    if (!config.isEmpty() && Files.isRegularFile(folder.resolve(CONFIG))) {
      files.add(folder.resolve(CONFIG));
    }
    if (!added.isEmpty()) {
      try (DirectoryStream<Path> indices = Files.newDirectoryStream(folder, INDICES)) {
        indices.forEach(files::add);
      }
    }
    return files;
  }

  /** Changes the files in a model's folder. */
  public void apply(Path folder) throws IOException {
    for (Path file : files) {
      Files.copy(InputFile.require(file), folder.resolve(file.getFileName().toString()),
          StandardCopyOption.REPLACE_EXISTING);
    }
    for (Path file : edited(folder)) {
      boolean configuration = file.endsWith(CONFIG);
      edit(file, json -> {
        if (configuration) {
          config.forEach(json::putPOJO);
        } else {
          describe(folder, json);
        }
      });
    }
  }

  private void describe(Path folder, ObjectNode index) {
    added.forEach((tensor, name) -> {
      index.withObject("/weight_map").put(tensor, name);
      JsonNode total = index.path("metadata").path(TOTAL);
      try (TensorSource source = TensorSources.open(folder.resolve(name))) {
        if (total.isIntegralNumber()) {
          index.withObject("/metadata").put(TOTAL,
              total.longValue() + source.shape(tensor).size() * source.dtype(tensor).byteSize());
        }
      }
    });
  }

  private static void edit(Path file, Consumer<ObjectNode> change) throws IOException {
    ObjectNode json = JsonFiles.read(file, INDEX_BYTES);
    change.accept(json);
    PendingFile.replace(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
