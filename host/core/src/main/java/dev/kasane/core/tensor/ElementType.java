package dev.kasane.core.tensor;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.DType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The types of a tensor's elements, each with all of its names: the user's, the engine's, libtorch's number and that in
 * safetensors files.
 */
public enum ElementType {
  /** 32-bit IEEE 754. */
  FLOAT32(DataType.FLOAT32, 6, DType.F32, 0x1.ffffffp127, "float32", "fp32", "f32"),
  /** 16-bit IEEE 754: small range, 11 significant bits. */
  FLOAT16(DataType.FLOAT16, 5, DType.F16, 65520, "float16", "fp16", "f16"),
  /** The upper half of a float32: the same range, 8 significant bits. */
  BFLOAT16(DataType.BFLOAT16, 15, DType.BF16, 0x1.ffp127, "bfloat16", "bf16"),
  FLOAT64(DataType.FLOAT64, 7, DType.F64, Double.POSITIVE_INFINITY, "float64"),
  INT64(DataType.INT64, 4, DType.I64, 0x1p63, "int64"),
  INT32(DataType.INT32, 3, DType.I32, 0x1p31, "int32"),
  INT16(DataType.INT16, 2, DType.I16, 0x1p15, "int16"),
  INT8(DataType.INT8, 1, DType.I8, 0x1p7, "int8"),
  UINT8(DataType.UINT8, 0, DType.U8, 0x1p8, "uint8"),
  BOOL(DataType.BOOLEAN, 11, DType.BOOL, 2, "bool");

  /** Those that models run in and adapters are stored as. */
  public static final List<ElementType> PRECISIONS = List.of(FLOAT32, FLOAT16, BFLOAT16);

  private static final Map<DataType, ElementType> BY_ENGINE = Arrays.stream(values())
      .collect(Collectors.toMap(ElementType::dataType, each -> each, (one, other) -> one,
          () -> new EnumMap<>(DataType.class)));

  private final DataType dataType;
  private final int scalarType;
  private final DType stored;
  private final double limit;
  private final List<String> names;

  ElementType(DataType dataType, int scalarType, DType stored, double limit, String... names) {
    this.dataType = dataType;
    this.scalarType = scalarType;
    this.stored = stored;
    this.limit = limit;
    this.names = List.of(names);
  }

  /**
   * The one of {@link #PRECISIONS} that a user's word means.
   *
   * @throws UserException when it means none
   */
  public static ElementType named(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    return PRECISIONS.stream().filter(each -> each.names.contains(wanted)).findFirst()
        .orElseThrow(() -> new UserException("'" + name + "' is no precision. Use one of "
            + PRECISIONS.stream().map(each -> String.join(" or ", each.names.subList(0, 2)))
                .collect(Collectors.joining(", ")) + "."));
  }

  /** The type of a tensor's elements. */
  public static ElementType of(NDArray tensor) {
    return of(Ops.typeOf(tensor));
  }

  /**
   * The type under the engine's name.
   *
   * @throws IllegalArgumentException when Kasane has no such type
   */
  public static ElementType of(DataType type) {
    ElementType known = BY_ENGINE.get(type);
    if (known == null) {
      throw new IllegalArgumentException("No tensor here has elements of type " + type);
    }
    return known;
  }

  /** The type that a file names; nothing where the engine does not compute with it. */
  public static Optional<ElementType> of(DType stored) {
    return Arrays.stream(values()).filter(each -> each.stored == stored).findFirst();
  }

  /**
   * A tensor over a buffer, whose memory it borrows.
   *
   * @param bytes direct, in the machine's byte order, aligned to this type
   */
  public NDArray over(ByteBuffer bytes, Shape shape, NDManager scope) {
    if (this != BFLOAT16 && this != INT16) {
      return scope.create(bytes, shape, dataType);
    }
    // DJL aborts the process when asked for these two; another type of their size carries the bytes.
    return OPS.reinterpret(scope.create(bytes, shape, DataType.FLOAT16), dataType);
  }

  /** The engine's name for it. */
  public DataType dataType() {
    return dataType;
  }

  /** libtorch's own number of it. */
  int scalarType() {
    return scalarType;
  }

  /** The name in safetensors files. */
  public DType stored() {
    return stored;
  }

  /** The least magnitude that it cannot hold: of floats, what rounds to infinity. */
  public double limit() {
    return limit;
  }

  /** The full name, such as {@code float32}. */
  @Override
  public String toString() {
    return names.get(0);
  }
}
