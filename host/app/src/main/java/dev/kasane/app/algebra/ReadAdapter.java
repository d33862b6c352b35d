package dev.kasane.app.algebra;

import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
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
  public static ElementType widest(List<ReadAdapter> adapters) {
    Set<ElementType> types = adapters.stream().flatMap(each -> each.model().components().values().stream())
        .flatMap(Collection::stream).flatMap(module -> module.tensors().values().stream()).map(ElementType::of)
        .filter(type -> type.stored().isFloatingPoint())
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(ElementType.class)));
    return types.size() == 1 && ElementType.PRECISIONS.containsAll(types) ? types.iterator().next()
        : ElementType.FLOAT32;
  }
}
