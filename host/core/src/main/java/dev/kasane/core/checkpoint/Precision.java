package dev.kasane.core.checkpoint;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The floating-point types that models run in and are stored as, under the names that users type. */
public enum Precision {
  /** 32-bit IEEE 754. */
  FLOAT32(DataType.FLOAT32, DType.F32, "float32", "fp32", "f32"),
  /** 16-bit IEEE 754: small range, 11 significant bits. */
  FLOAT16(DataType.FLOAT16, DType.F16, "float16", "fp16", "f16"),
  /** The upper half of a float32: the same range, 8 significant bits. */
  BFLOAT16(DataType.BFLOAT16, DType.BF16, "bfloat16", "bf16");

  private final DataType dataType;
  private final DType stored;
  private final List<String> names;

  Precision(DataType dataType, DType stored, String... names) {
    this.dataType = dataType;
    this.stored = stored;
    this.names = List.of(names);
  }

  /**
   * The type that a user's word means.
   *
   * @throws UserException when it means none
   */
  public static Precision named(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(each -> each.names.contains(wanted)).findFirst()
        .orElseThrow(() -> new UserException("'" + name + "' is no precision. Use one of "
            + Arrays.stream(values()).map(each -> String.join(" or ", each.names.subList(0, 2)))
                .collect(Collectors.joining(", ")) + "."));
  }

  /** The engine's name for it. */
  public DataType dataType() {
    return dataType;
  }

  /** The name in safetensors files. */
  public DType stored() {
    return stored;
  }

  /** The full name: {@code float32}, {@code float16} or {@code bfloat16}. */
  @Override
  public String toString() {
    return names.get(0);
  }
}
