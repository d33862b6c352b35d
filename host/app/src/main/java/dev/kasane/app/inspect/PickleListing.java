package dev.kasane.app.inspect;

import dev.kasane.core.files.FileFault;
import dev.kasane.core.pickle.TorchCheckpoint;
import dev.kasane.core.pickle.values.PickledTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names under which the tensors of a PyTorch checkpoint are listed. */
final class PickleListing {
  private static final String EMBEDDING = "string_to_param";

  /** The prefix of the names that are given to nameless tensors of a list. */
  private static final String LIST = "list:";

  private PickleListing() {}

  /** The prefix of the names that are given to the tensors of AUTOMATIC1111's hypernetworks. */
  static final String HYPERNETWORK = "hypernetwork.";

  /**
   * Names the tensors of a state dict, of a plain list as the first LoRA scripts saved it (up, down, up,
   * down, …), or of an embedding or a hypernetwork as AUTOMATIC1111 saves it.
   *
   * @throws dev.kasane.core.files.FileFault when there are no tensors
   */
  static Map<String, PickledTensor> of(TorchCheckpoint file) {
    if (file.root() instanceof List<?> list && !list.isEmpty()
        && list.stream().allMatch(PickledTensor.class::isInstance)) {
      return pairs(list);
    }
    if (file.root() instanceof Map<?, ?> saved && saved.get(EMBEDDING) instanceof Map<?, ?> words) {
      Map<String, PickledTensor> named = new LinkedHashMap<>();
      words.forEach((word, value) -> {
        if (value instanceof PickledTensor tensor) {
          named.put(EMBEDDING + "." + word, tensor);
        }
      });
      return named;
    }
    Map<String, PickledTensor> layers = hypernetwork(file.root());
    return layers.isEmpty() ? file.stateDict() : layers;
  }

  /** A hypernetwork has a pair of small networks, for keys and values, under each width of the text or the U-Net. */
  private static Map<String, PickledTensor> hypernetwork(Object root) {
    Map<String, PickledTensor> named = new LinkedHashMap<>();
    if (root instanceof Map<?, ?> saved) {
      saved.forEach((width, networks) -> {
        if (width instanceof Number && networks instanceof List<?> pair) {
          for (int i = 0; i < pair.size(); i++) {
            name(HYPERNETWORK + width + "." + i + ".", pair.get(i), named);
          }
        }
      });
    }
    return named;
  }

  private static void name(String prefix, Object network, Map<String, PickledTensor> named) {
    if (network instanceof Map<?, ?> tensors) {
      tensors.forEach((name, value) -> {
        if (value instanceof PickledTensor tensor) {
          named.put(prefix + name, tensor);
        }
      });
    }
  }

  private static Map<String, PickledTensor> pairs(List<?> list) {
    Map<String, PickledTensor> named = new LinkedHashMap<>();
    for (int i = 0; i < list.size(); i++) {
      named.put(LIST + i / 2 + (i % 2 == 0 ? ":up" : ":down"), (PickledTensor) list.get(i));
    }
    return named;
  }
}
