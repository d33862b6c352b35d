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
import dev.kasane.quant.FourBitWeight;
import dev.kasane.quant.QuantisedWeight;
import dev.kasane.quant.format.BlockScales;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.quant.format.FourBitBlocks;
import dev.kasane.quant.format.FourBitType;
import dev.kasane.quant.format.NestedScales;
import dev.kasane.quant.format.PlainScales;
import java.util.ArrayList;
import java.util.List;

/** A 4-bit tensor in a checkpoint. */
final class FourBitStored extends StoredQuantised {
  private static final double SAME = 1e-6;

  private final QuantState state;

  private FourBitStored(TensorSource source, String name, QuantState state) {
    super(source, name);
    this.state = state;
  }

  /** All 4-bit tensors of a checkpoint, their sizes checked. */
  static List<FourBitStored> find(TensorSource source, NDManager scratch) {
    List<FourBitStored> found = new ArrayList<>();
    for (String part : source.names()) {
      int at = part.indexOf(BitsandbytesNames.STATE);
      if (at >= 0) {
        found.add(open(source, part, part.substring(0, at), scratch));
      } else if (part.endsWith(BitsandbytesNames.QUANT_MAP)) {
        requireState(source, part);
      }
    }
    return found;
  }

  private static void requireState(TensorSource source, String map) {
    String name = map.substring(0, map.length() - BitsandbytesNames.QUANT_MAP.length());
    if (source.names().stream().noneMatch(each -> each.startsWith(name + BitsandbytesNames.STATE))) {
      throw new UserException(source.origin(map) + ": tensor '" + map + "' belongs to a 4-bit tensor, but there is no"
          + " '" + name + BitsandbytesNames.STATE_PREFIX + "nf4' or …fp4' that says how to read it.");
    }
  }

  private static FourBitStored open(TensorSource source, String part, String name, NDManager scratch) {
    String where = source.origin(part) + ": '" + part + "'";
    String kind = part.substring(name.length());
    if (!kind.equals(BitsandbytesNames.STATE_PREFIX + "nf4") && !kind.equals(BitsandbytesNames.STATE_PREFIX + "fp4")) {
      throw new UserException(where + " is of an unknown kind; quant_state.bitsandbytes__nf4 and …__fp4 are known.");
    }
    if (source.dtype(part) != DType.U8 || source.shape(part).size() > QuantState.MOST_BYTES) {
      throw new UserException(where + " is " + source.dtype(part) + source.shape(part) + "; text of at most "
          + QuantState.MOST_BYTES + " bytes (U8) belongs there.");
    }
    byte[] json;
    try (NDArray text = source.read(part, scratch)) {
      json = text.toByteArray();
    }
    QuantState state = QuantState.parse(json, where);
    if (!kind.endsWith(state.type().id())) {
      throw new UserException(where + " says quant_type " + state.type().id() + ", against its own name.");
    }
    FourBitStored stored = new FourBitStored(source, name, state);
    stored.checkSizes();
    return stored;
  }

  private void checkSizes() {
    int count = QuantisedWeight.count(name, state.shape());
    require(name, null, FourBitBlocks.bytes(count), "bytes of codes for the shape " + state.shape());
    int blocks = BlockSize.blocks(count, state.blockSize());
    String scales = "scales for " + count + " numbers in blocks of " + state.blockSize();
    require(name + BitsandbytesNames.ABSMAX, state.nested() ? DType.U8 : DType.F32, blocks, scales);
    require(name + BitsandbytesNames.QUANT_MAP, DType.F32, 16, "values of the codes");
    if (state.nested()) {
      require(name + BitsandbytesNames.NESTED_ABSMAX, DType.F32,
          BlockSize.blocks(blocks, state.nestedBlockSize()), "scales of " + blocks + " scales");
      require(name + BitsandbytesNames.NESTED_QUANT_MAP, DType.F32, 256, "values of the scales' codes");
    }
  }

  /** Codes may be stored as any type: their bytes count. */
  private void require(String part, DType type, long count, String what) {
    if (!source.names().contains(part)) {
      throw new UserException(source.location() + " lacks '" + part + "', which the 4-bit tensor '" + name
          + "' needs. The checkpoint is incomplete.");
    }
    long found = source.shape(part).size() * (type == null ? source.dtype(part).byteSize() : 1);
    if (found != count || type != null && source.dtype(part) != type) {
      throw new UserException(source.origin(part) + ": '" + part + "' is " + source.dtype(part) + source.shape(part)
          + ", where " + count + " " + what + (type == null ? "" : " as " + type) + " belong. The file is damaged or"
          + " was cut short.");
    }
  }

  @Override
  QuantisedWeight weight(DataType type, NDManager owner) {
    checkMap();
    NDArray codes = source.read(name, owner);
    FourBitBlocks blocks = new FourBitBlocks(state.type(), (int) state.shape().size(), state.blockSize(),
        HostMemory.of(codes), scales(owner));
    return new FourBitWeight(state.shape(), type, codes, blocks);
  }

  private void checkMap() {
    FourBitType expected = state.type();
    float[] found = floats(BitsandbytesNames.QUANT_MAP);
    for (int code = 0; code < found.length; code++) {
      if (!(Math.abs(found[code] - expected.value(code)) <= SAME)) {
        throw new UserException(source.location() + ": '" + name + BitsandbytesNames.QUANT_MAP + "' gives code " + code
            + " the value " + found[code] + ", where " + expected.id() + " has " + expected.value(code) + ".");
      }
    }
  }

  private BlockScales scales(NDManager owner) {
    if (!state.nested()) {
      return new PlainScales(floats(BitsandbytesNames.ABSMAX));
    }
    byte[] codes;
    try (NDArray stored = source.read(name + BitsandbytesNames.ABSMAX, owner)) {
      codes = stored.toByteArray();
    }
    return new NestedScales(codes, floats(BitsandbytesNames.NESTED_QUANT_MAP), floats(BitsandbytesNames.NESTED_ABSMAX),
        state.offset(), state.nestedBlockSize());
  }

  private float[] floats(String part) {
    return scales(name + part);
  }

  @Override
  Shape shape() {
    return state.shape();
  }

  @Override
  ElementType precision() {
    return state.precision();
  }

  @Override
  boolean owns(String part) {
    return part.startsWith(name + ".") && BitsandbytesNames.isPart(part);
  }
}
