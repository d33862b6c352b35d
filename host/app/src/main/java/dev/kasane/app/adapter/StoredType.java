package dev.kasane.app.adapter;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.EnumSet;
import java.util.Set;

/** Types in which the numbers of an adapter are stored. */
final class StoredType {
  private StoredType() {}

  /**
   * The type that keeps every bit of a model: its own, or float32 where it mixes narrower ones.
   *
   * @throws UserException when it holds a type that no adapter format stores
   */
  static ElementType keeping(AdapterModel model) {
    Set<ElementType> types = EnumSet.noneOf(ElementType.class);
    model.components().values().forEach(modules -> modules.forEach(module -> module.tensors().values()
        .stream().map(ElementType::of).filter(type -> type.stored().isFloatingPoint()).forEach(types::add)));
    types.stream().filter(type -> !ElementType.PRECISIONS.contains(type)).findFirst().ifPresent(type -> {
      throw new UserException("The file holds numbers of type " + type
          + ", which would lose digits in any adapter format. Choose what to round them to with «stored type»"
          + " float32, bfloat16 or float16.");
    });
    return types.size() == 1 ? types.iterator().next() : ElementType.FLOAT32;
  }

  /**
   * Makes sure that a type can hold every number.
   *
   * @throws UserException that counts those that would become infinite
   */
  static void requireRange(AdapterModel model, ElementType storage) {
    if (storage != ElementType.FLOAT16) {
      return;
    }
    long[] counts = new long[2];
    model.components().values().forEach(modules -> modules.forEach(module ->
        module.tensors().values().forEach(tensor -> {
          long beyond = beyond(tensor);
          counts[0] += beyond;
          counts[1] += beyond > 0 ? 1 : 0;
        })));
    if (counts[0] > 0) {
      throw new UserException(counts[0] + " values in " + counts[1] + " tensors are larger than float16 can"
          + " hold (65504) and would become infinite. Use «stored type» bfloat16 or float32.");
    }
  }

  private static long beyond(NDArray tensor) {
    DataType type = Ops.typeOf(tensor);
    if (!type.isFloating() || type == DataType.FLOAT16 || tensor.size() == 0) {
      return 0;
    }
    try (GradMode off = GradMode.off(); NDManager own = tensor.getManager().newSubManager()) {
      NDArray sizes = OPS.cast(Ops.alias(tensor, own), DataType.FLOAT64).abs();
      return sizes.gte(ElementType.FLOAT16.limit()).sum().toLongArray()[0];
    }
  }
}
