package dev.kasane.quant.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.HostMemory;
import dev.kasane.quant.Int8Weight;
import dev.kasane.quant.QuantisedWeight;
import dev.kasane.quant.format.Int8Rows;
import java.util.ArrayList;
import java.util.List;

/**
 * A weight of LLM.int8() in a checkpoint: codes under the weight's name, scales as {@code SCB} beside it. Its
 * dense type is not recorded; transformers computes in float16.
 */
final class Int8Stored extends StoredQuantised {
  private Int8Stored(TensorSource source, String name) {
    super(source, name);
  }

  /** All such weights of a checkpoint, their sizes checked. */
  static List<Int8Stored> find(TensorSource source, NDManager scratch) {
    List<Int8Stored> found = new ArrayList<>();
    for (String part : source.names()) {
      String layer = BitsandbytesNames.layer(part);
      if (part.equals(layer + BitsandbytesNames.SCB)) {
        found.add(open(source, layer + BitsandbytesNames.WEIGHT, part, scratch));
      }
    }
    return found;
  }

  private static Int8Stored open(TensorSource source, String name, String scales, NDManager scratch) {
    if (!source.names().contains(name)) {
      throw new UserException(source.origin(scales) + ": '" + scales + "' has no '" + name + "' beside it.");
    }
    Shape shape = source.shape(name);
    if (source.dtype(name) != DType.I8 || shape.dimension() < 2) {
      throw new UserException(source.origin(name) + ": '" + name + "' is " + source.dtype(name) + shape
          + ", where a matrix of I8 belongs beside '" + scales + "'.");
    }
    QuantisedWeight.count(name, shape);
    if (source.dtype(scales) != DType.F32 || source.shape(scales).size() != shape.get(0)) {
      throw new UserException(source.origin(scales) + ": '" + scales + "' is " + source.dtype(scales)
          + source.shape(scales) + ", where " + shape.get(0) + " scales as F32 belong. The file is damaged.");
    }
    checkFormat(source, BitsandbytesNames.layer(name) + BitsandbytesNames.FORMAT, scratch);
    return new Int8Stored(source, name);
  }

  private static void checkFormat(TensorSource source, String format, NDManager scratch) {
    if (!source.names().contains(format)) {
      return;
    }
    try (NDArray stored = source.read(format, scratch)) {
      byte[] kind = stored.toByteArray();
      if (kind.length < 1 || kind[0] != 0) {
        throw new UserException(source.origin(format) + ": '" + format + "' is "
            + (kind.length < 1 ? "empty" : kind[0]) + "; only 0, rows as they are, can be read."
            + " Save the model again with a present bitsandbytes.");
      }
    }
  }

  @Override
  QuantisedWeight weight(DataType type, NDManager owner) {
    float[] scales = scales(BitsandbytesNames.layer(name) + BitsandbytesNames.SCB);
    NDArray codes = source.read(name, owner);
    int columns = (int) (shape().size() / scales.length);
    return new Int8Weight(shape(), type, codes,
        new Int8Rows(scales.length, columns, HostMemory.of(codes), scales));
  }

  @Override
  Shape shape() {
    return source.shape(name);
  }

  @Override
  ElementType precision() {
    return ElementType.FLOAT16;
  }

  @Override
  boolean owns(String part) {
    String layer = BitsandbytesNames.layer(name);
    return part.equals(layer + BitsandbytesNames.SCB) || part.equals(layer + BitsandbytesNames.FORMAT);
  }
}
