package dev.kasane.text.checkpoint;

import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.algebra.Vocabulary;
import dev.kasane.core.algebra.WeightFolder;
import dev.kasane.core.algebra.WeightPlace;
import dev.kasane.core.checkpoint.RenamedSource;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.DecoderNames;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the layers and normalisations that adapters change lie in a language model's files: under names that may lack
 * their first word, and in GPT-2's case turned.
 */
public final class TextLayers {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  private TextLayers() {}

  /**
   * Opens a folder; no weights are read.
   *
   * @throws dev.kasane.core.UserException when it is no language model of a known family
   */
  public static CheckpointLayers open(Path folder) {
    TextCheckpoint checkpoint = TextCheckpoint.open(folder);
    CausalLm model = checkpoint.declare(ElementType.FLOAT32);
    Map<String, WeightPlace> places = new LinkedHashMap<>();
    Map<String, WeightPlace> biases = new LinkedHashMap<>();
    try (TensorSource source = checkpoint.source()) {
      RenamedSource weights = TextWeights.forModel(source, model);
      for (String name : model.weightPlaces().keySet()) {
        Map<String, WeightPlace> kind = name.endsWith(BIAS) ? biases : places;
        place(weights, source, name)
            .ifPresent(place -> kind.put(name.substring(0, name.lastIndexOf('.')), place));
      }
    }
    DecoderNames names = checkpoint.config().names();
    Optional<String> tied = checkpoint.config().head().tied() && places.containsKey(names.tokens())
        ? Optional.of(names.head() + WEIGHT) : Optional.empty();
    tied.ifPresent(head -> places.put(names.head(), places.get(names.tokens())));
    return new CheckpointLayers(folder, Map.of(WeightFolder.COMPONENT, places),
        Map.of(WeightFolder.COMPONENT, biases), Optional.of(new Vocabulary(names.tokens(), names.head(), tied)));
  }

  private static Optional<WeightPlace> place(RenamedSource weights, TensorSource source, String name) {
    if (!weights.names().contains(name)) {
      return Optional.empty();
    }
    RenamedSource.Stored stored = weights.stored(name);
    return Optional.of(new WeightPlace(Path.of(source.origin(stored.name())), stored.name(), stored.transform()));
  }
}
