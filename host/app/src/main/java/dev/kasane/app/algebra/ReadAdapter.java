package dev.kasane.app.algebra;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.checkpoint.Precision;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.Ops;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An adapter in memory.
 *
 * @param reference the file and its strength
 * @param format the id of its format
 * @param layers the base that it was matched with
 * @param model what it holds
 */
public record ReadAdapter(AdapterReference reference, String format, LayerTable layers, AdapterModel model) {
  /** The file, for messages. */
  public String name() {
    return reference.file().toString();
  }

  /** How many layers it changes. */
  int modules() {
    return model.components().entrySet().stream()
        .filter(each -> !each.getKey().equals(AdapterModel.EMBEDDINGS)).mapToInt(each -> each.getValue().size())
        .sum();
  }

  /** The type that holds the tensors of all these files without loss. */
  public static Precision widest(List<ReadAdapter> adapters) {
    Set<DataType> types = adapters.stream().flatMap(each -> each.model().components().values().stream())
        .flatMap(Collection::stream).flatMap(module -> module.tensors().values().stream())
        .filter(tensor -> Ops.typeOf(tensor).isFloating()).map(ReadAdapter::type)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(DataType.class)));
    if (types.equals(EnumSet.of(DataType.FLOAT16))) {
      return Precision.FLOAT16;
    }
    return types.equals(EnumSet.of(DataType.BFLOAT16)) ? Precision.BFLOAT16 : Precision.FLOAT32;
  }

  private static DataType type(NDArray tensor) {
    return Ops.typeOf(tensor);
  }
}
