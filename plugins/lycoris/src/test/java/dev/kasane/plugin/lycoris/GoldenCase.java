package dev.kasane.plugin.lycoris;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.module.LayerNorm;
import dev.kasane.core.module.Linear;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One layer that LyCORIS computed.
 *
 * @param method the id of the method
 * @param name the case
 * @param tensors what {@code make_lycoris.py} wrote, without the case's name
 */
record GoldenCase(String method, String name, Map<String, NDArray> tensors) {
  private static final Path FOLDER = Path.of("src", "test", "resources", "golden");
  private static final String SAVED = "saved.";

  /** The cases of a method, without their tensors. */
  static List<String> names(String method) {
    try (SafetensorsFile file = SafetensorsFile.open(FOLDER.resolve(method + ".safetensors"))) {
      return file.tensors().keySet().stream().map(key -> key.substring(0, key.indexOf('.'))).distinct().toList();
    }
  }

  static GoldenCase read(String method, String name, NDManager scope) throws IOException {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(FOLDER.resolve(method + ".safetensors"))) {
      for (String key : file.tensors().keySet()) {
        if (key.startsWith(name + ".")) {
          tensors.put(key.substring(name.length() + 1), StoredTensors.read(file, key, scope));
        }
      }
    }
    return new GoldenCase(method, name, tensors);
  }

  NDArray get(String key) {
    return tensors.get(key);
  }

  AdaptableLayer layer() {
    long[] shape = get("weight").getShape().getShape();
    AdaptableLayer layer = switch (shape.length) {
      case 1 -> get("x").getShape().dimension() == 4
          ? new GroupNorm(2, shape[0], 1e-5)
          : new LayerNorm(shape[0], 1e-5);
      case 2 -> new Linear(shape[1], shape[0], true);
      default -> new Conv2d(shape[1], shape[0], (int) shape[2], 1, (int) shape[2] / 2);
    };
    layer.namedWeights().forEach((weight, place) -> place.set(new DenseWeight(get(weight))));
    return layer;
  }

  /** What the file says, scalars as constants, as formats read it. */
  AdapterModule saved() {
    Map<String, NDArray> parameters = new LinkedHashMap<>();
    Map<String, Double> constants = new LinkedHashMap<>();
    below(SAVED).forEach(each -> {
      NDArray tensor = get(SAVED + each);
      if (tensor.getShape().dimension() == 0) {
        constants.put(each, tensor.toArray()[0].doubleValue());
      } else {
        parameters.put(each, tensor);
      }
    });
    if (method.equals("dora")) {
      // LyCORIS's files do not say what their strength does.
      constants.put(AdapterModule.TURNS_LENGTHS, 1.0);
    }
    return new AdapterModule("layer", parameters, constants);
  }

  /** The names of parameters that a gradient is given for. */
  List<String> gradients() {
    return below("grad.").toList();
  }

  private Stream<String> below(String prefix) {
    return tensors.keySet().stream().filter(key -> key.startsWith(prefix))
        .map(key -> key.substring(prefix.length()));
  }
}
