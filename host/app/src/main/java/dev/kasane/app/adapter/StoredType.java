package dev.kasane.app.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Types in which the numbers of an adapter are stored. */
final class StoredType {
  /** What rounds to more than 65504 in float16, which is infinity. */
  private static final double FLOAT16_LIMIT = 65520;
  private static final Map<DataType, String> NAMES = Map.of(DataType.FLOAT32, "float32",
      DataType.FLOAT16, "float16", DataType.BFLOAT16, "bfloat16");

  private StoredType() {}

  /**
   * The type that keeps every bit of a model: its own, or float32 where it mixes narrower ones.
   *
   * @throws UserException when it holds a type that no adapter format stores
   */
  static String keeping(AdapterModel model) {
    Set<DataType> types = EnumSet.noneOf(DataType.class);
    model.components().values().forEach(modules -> modules.forEach(module -> module.tensors().values()
        .stream().map(Ops::typeOf).filter(DataType::isFloating).forEach(types::add)));
    types.stream().filter(type -> !NAMES.containsKey(type)).findFirst().ifPresent(type -> {
      throw new UserException("The file holds numbers of type " + type.name().toLowerCase(Locale.ROOT)
          + ", which would lose digits in any adapter format. Choose what to round them to with «stored type»"
          + " float32, bfloat16 or float16.");
    });
    return types.size() == 1 ? NAMES.get(types.iterator().next()) : NAMES.get(DataType.FLOAT32);
  }

  /**
   * Makes sure that a type can hold every number.
   *
   * @throws UserException that counts those that would become infinite
   */
  static void requireRange(AdapterModel model, String storage) {
    if (!storage.equals(NAMES.get(DataType.FLOAT16))) {
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
      NDArray sizes = Ops.cast(Ops.alias(tensor, own), DataType.FLOAT64).abs();
      return sizes.gte(FLOAT16_LIMIT).sum().toLongArray()[0];
    }
  }
}
