package dev.kasane.text.checkpoint;

import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.WeightFolder;
import dev.kasane.core.algebra.WeightPlace;
import dev.kasane.core.checkpoint.Precision;
import dev.kasane.core.checkpoint.RenamedSource;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.text.model.CausalLm;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the layers that adapters change lie in a language model's files: under names that may lack their first
 * word, and in GPT-2's case turned.
 */
public final class TextLayers {
  private static final String WEIGHT = ".weight";

  private TextLayers() {}

  /**
   * Opens a folder; no weights are read.
   *
   * @throws dev.kasane.core.UserException when it is no language model of a known family
   */
  public static CheckpointLayers open(Path folder) {
    TextCheckpoint checkpoint = TextCheckpoint.open(folder);
    CausalLm model = checkpoint.declare(Precision.FLOAT32);
    Map<String, WeightPlace> places = new LinkedHashMap<>();
    try (TensorSource source = checkpoint.source()) {
      RenamedSource weights = TextWeights.forModel(source, model);
      for (String path : model.adaptableLayers().keySet()) {
        // A head that is tied to the embedding has no weight of its own.
        if (weights.names().contains(path + WEIGHT)) {
          RenamedSource.Stored stored = weights.stored(path + WEIGHT);
          places.put(path, new WeightPlace(Path.of(source.origin(stored.name())), stored.name(),
              stored.transform()));
        }
      }
    }
    return new CheckpointLayers(folder, Map.of(WeightFolder.COMPONENT, places));
  }
}
