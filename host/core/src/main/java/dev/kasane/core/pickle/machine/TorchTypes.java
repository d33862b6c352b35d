package dev.kasane.core.pickle.machine;

import dev.kasane.core.VisibleText;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.OpaqueObject;
import dev.kasane.core.safetensors.DType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** PyTorch's names for storages and element types. */
public final class TorchTypes {
  private static final Set<String> STORAGE_MODULES = Set.of("torch", "torch.cuda", "torch.storage");

  private static final String UNTYPED = "UntypedStorage";

  private static final Map<String, DType> STORAGES = Map.of(
      "DoubleStorage", DType.F64,
      "FloatStorage", DType.F32,
      "HalfStorage", DType.F16,
      "BFloat16Storage", DType.BF16,
      "LongStorage", DType.I64,
      "IntStorage", DType.I32,
      "ShortStorage", DType.I16,
      "CharStorage", DType.I8,
      "ByteStorage", DType.U8,
      "BoolStorage", DType.BOOL);

  private static final Map<String, DType> ELEMENT_TYPES = Map.ofEntries(
      Map.entry("float64", DType.F64),
      Map.entry("float32", DType.F32),
      Map.entry("float16", DType.F16),
      Map.entry("bfloat16", DType.BF16),
      Map.entry("float8_e4m3fn", DType.F8_E4M3),
      Map.entry("float8_e5m2", DType.F8_E5M2),
      Map.entry("int64", DType.I64),
      Map.entry("int32", DType.I32),
      Map.entry("int16", DType.I16),
      Map.entry("int8", DType.I8),
      Map.entry("uint8", DType.U8),
      Map.entry("uint16", DType.U16),
      Map.entry("uint32", DType.U32),
      Map.entry("uint64", DType.U64),
      Map.entry("bool", DType.BOOL));

  private TorchTypes() {}

  static boolean isStorage(OpaqueObject global) {
    return STORAGE_MODULES.contains(global.module())
        && (global.name().equals(UNTYPED) || STORAGES.containsKey(global.name()));
  }

  /** The element type of a storage class; nothing for the untyped one, which counts bytes. */
  public static Optional<DType> storageType(OpaqueObject global) throws MalformedPickle {
    if (!isStorage(global)) {
      throw new MalformedPickle("holds a storage of class " + VisibleText.shortened(global.qualifiedName())
          + ", which Kasane does not read");
    }
    return Optional.ofNullable(STORAGES.get(global.name()));
  }

  static boolean isElementType(OpaqueObject global) {
    return global.module().equals("torch") && ELEMENT_TYPES.containsKey(global.name());
  }

  static DType elementType(OpaqueObject global) throws MalformedPickle {
    if (!isElementType(global)) {
      throw new MalformedPickle("holds a tensor of type " + VisibleText.shortened(global.qualifiedName())
          + ", which Kasane does not read");
    }
    return ELEMENT_TYPES.get(global.name());
  }
}
