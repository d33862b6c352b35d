package dev.kasane.plugin.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One folder of {@code make_peft.py} with what PEFT computed. */
record Golden(Path folder, List<String> layers, Map<String, NDArray> expected) {
  static final Path ROOT = Path.of("src", "test", "resources", "golden");

  static Golden open(String name, NDManager scope) throws IOException {
    Path folder = ROOT.resolve(name);
    List<String> layers = new ArrayList<>();
    JsonNode listed = new ObjectMapper().readTree(ROOT.resolve("layers.json").toFile()).get(name);
    listed.forEach(layer -> layers.add(layer.asText()));
    Map<String, NDArray> expected = new LinkedHashMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
      for (String key : file.tensors().keySet()) {
        expected.put(key, StoredTensors.read(file, key, scope));
      }
    }
    return new Golden(folder, layers, expected);
  }

  Map<String, Collection<String>> base() {
    return Map.of("model", layers);
  }

  List<String> adapted() {
    return expected.keySet().stream().filter(key -> key.endsWith(".delta"))
        .map(key -> key.substring(0, key.length() - ".delta".length())).sorted().toList();
  }

  /** A base of the adapted layers, each under its own path. */
  Module model() {
    Tree root = new Tree();
    for (String path : adapted()) {
      root.put(path, layer(path));
    }
    return root;
  }

  private AdaptableLayer layer(String path) {
    NDArray weight = expected.get(path + ".weight");
    NDArray bias = expected.get(path + ".bias");
    long[] shape = weight.getShape().getShape();
    AdaptableLayer layer = shape.length == 2 ? new Linear(shape[1], shape[0], bias != null)
        : new Conv2d(shape[1], shape[0], (int) shape[2], 1, (int) shape[2] / 2);
    layer.namedWeights().forEach((name, place) ->
        place.set(new DenseWeight(name.equals("weight") ? weight : bias)));
    return layer;
  }

  /** A module whose children are made as paths need them. */
  static final class Tree extends Module {
    private final Map<String, Tree> branches = new LinkedHashMap<>();

    void put(String path, Module leaf) {
      int dot = path.indexOf('.');
      if (dot < 0) {
        child(path, leaf);
      } else {
        branches.computeIfAbsent(path.substring(0, dot), name -> child(name, new Tree()))
            .put(path.substring(dot + 1), leaf);
      }
    }
  }
}
