package dev.kasane.app.inspect;

import dev.kasane.core.pickle.PickledTensor;
import dev.kasane.core.pickle.TorchCheckpoint;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names under which the tensors of a PyTorch checkpoint are listed. */
final class PickleListing {
  private static final String EMBEDDING = "string_to_param";

  private PickleListing() {}

  /**
   * Names the tensors of a state dict, of a plain list as the first LoRA scripts saved it (up, down, up,
   * down, …), or of an embedding as AUTOMATIC1111 saves it.
   *
   * @throws dev.kasane.core.pickle.PickleException when there are no tensors
   */
  static Map<String, PickledTensor> of(TorchCheckpoint file) throws IOException {
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
    return file.stateDict();
  }

  private static Map<String, PickledTensor> pairs(List<?> list) {
    Map<String, PickledTensor> named = new LinkedHashMap<>();
    for (int i = 0; i < list.size(); i++) {
      named.put(AdapterLayout.LIST + i / 2 + (i % 2 == 0 ? ":up" : ":down"), (PickledTensor) list.get(i));
    }
    return named;
  }
}
