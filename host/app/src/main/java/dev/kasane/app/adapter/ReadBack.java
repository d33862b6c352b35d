package dev.kasane.app.adapter;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What reading a converted file again has shown.
 *
 * @param tensors number of tensors in the file that was converted
 * @param same how many of them came back bit for bit, under their own names
 * @param rounded how many came back equal after rounding to the new type
 * @param constants whether every alpha and scale came back
 */
public record ReadBack(int tensors, int same, int rounded, boolean constants) {
  static ReadBack compare(AdapterModel before, AdapterModel after, ElementType storage) {
    Map<String, NDArray> wanted = new LinkedHashMap<>();
    Map<String, Double> constants = new LinkedHashMap<>();
    collect(before, wanted, constants);
    Map<String, NDArray> found = new LinkedHashMap<>();
    Map<String, Double> foundConstants = new LinkedHashMap<>();
    collect(after, found, foundConstants);
    int same = 0;
    int rounded = 0;
    try (GradMode off = GradMode.off()) {
      for (Map.Entry<String, NDArray> each : wanted.entrySet()) {
        NDArray other = found.get(each.getKey());
        if (other != null && isSame(each.getValue(), other)) {
          same++;
        } else if (other != null && isSame(rounded(each.getValue(), storage), other)) {
          rounded++;
        }
      }
    }
    return new ReadBack(wanted.size(), same, rounded, constants.equals(foundConstants));
  }

  private static NDArray rounded(NDArray tensor, ElementType storage) {
    return Ops.typeOf(tensor).isFloating() ? OPS.cast(tensor, storage.dataType()) : tensor;
  }

  private static boolean isSame(NDArray one, NDArray other) {
    return Ops.typeOf(one) == Ops.typeOf(other) && one.contentEquals(other);
  }

  private static void collect(
      AdapterModel model, Map<String, NDArray> tensors, Map<String, Double> constants) {
    model.components().forEach((component, modules) -> {
      for (AdapterModule module : modules) {
        String prefix = component + "." + module.path() + ".";
        module.tensors().forEach((name, tensor) -> tensors.put(prefix + name, tensor));
        module.constants().forEach((name, value) -> constants.put(prefix + name, value));
      }
    });
  }
}
