package dev.kasane.quant.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorTransform;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.quant.FourBitWeight;
import dev.kasane.quant.Int8Weight;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.QuantisedWeight;
import dev.kasane.quant.Quantizer;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.quant.format.DynamicMap;
import dev.kasane.quant.format.FourBitBlocks;
import dev.kasane.quant.format.NestedScales;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Declares quantised tensors under the names of bitsandbytes; each is quantised while the file is written.
 *
 * <p>A file has its tensors in order of type, so a tensor comes up twice: for its scales and for its codes. It is
 * quantised for each, and memory holds one tensor at a time.
 */
final class QuantisedTensors implements AutoCloseable {
  private final TensorSource source;
  private final QuantisationSettings settings;
  private final Consumer<String> listener;
  private NDManager scope;
  private String current = "";
  private QuantisedWeight weight;

  /**
   * @param source dense tensors
   * @param settings how to quantise
   * @param listener told of every tensor that is quantised, twice of most
   */
  QuantisedTensors(TensorSource source, QuantisationSettings settings, Consumer<String> listener) {
    this.source = source;
    this.settings = settings;
    this.listener = listener;
  }

  /** Everything that takes a tensor's place. */
  List<TensorDeclaration> declare(String name) {
    int count = QuantisedWeight.count(name, source.shape(name));
    return settings.kind() == QuantisationSettings.Kind.INT8 ? int8(name) : fourBit(name, count);
  }

  private List<TensorDeclaration> int8(String name) {
    String layer = BitsandbytesNames.layer(name);
    Shape shape = source.shape(name);
    return List.of(
        part(name, DType.I8, shape.getShape(), w -> ((Int8Weight) w).rows().codes()),
        part(layer + BitsandbytesNames.SCB, DType.F32, new long[] {shape.get(0)}, name,
            w -> bytes(((Int8Weight) w).rows().scales())),
        constant(layer + BitsandbytesNames.FORMAT, DType.U8, new long[0], new byte[] {0}));
  }

  private List<TensorDeclaration> fourBit(String name, int count) {
    int blocks = BlockSize.blocks(count, settings.blockSize());
    List<TensorDeclaration> parts = new ArrayList<>();
    parts.add(part(name, DType.U8, new long[] {FourBitBlocks.bytes(count), 1}, w -> blocks(w).packed()));
    parts.add(constant(name + BitsandbytesNames.QUANT_MAP, DType.F32, new long[] {16},
        bytes(settings.kind().fourBit().table()).array()));
    QuantState state = new QuantState(settings.kind().fourBit(), settings.blockSize(), precision(name),
        source.shape(name), settings.doubleQuant(), settings.doubleQuant() ? BlockSize.NESTED : 0, 0);
    parts.add(part(name + BitsandbytesNames.STATE_PREFIX + settings.kind().id(), DType.U8,
        new long[] {state.json().length}, name, w -> ByteBuffer.wrap(state(state, w).json())));
    if (!settings.doubleQuant()) {
      parts.add(part(name + BitsandbytesNames.ABSMAX, DType.F32, new long[] {blocks}, name,
          w -> bytes(blocks(w).scales().all())));
      return parts;
    }
    parts.add(part(name + BitsandbytesNames.ABSMAX, DType.U8, new long[] {blocks}, name,
        w -> ByteBuffer.wrap(nested(w).codes())));
    parts.add(part(name + BitsandbytesNames.NESTED_ABSMAX, DType.F32,
        new long[] {BlockSize.blocks(blocks, BlockSize.NESTED)}, name, w -> bytes(nested(w).absmax())));
    parts.add(constant(name + BitsandbytesNames.NESTED_QUANT_MAP, DType.F32, new long[] {256},
        bytes(DynamicMap.SIGNED.values()).array()));
    return parts;
  }

  private static FourBitBlocks blocks(QuantisedWeight weight) {
    return ((FourBitWeight) weight).blocks();
  }

  private static NestedScales nested(QuantisedWeight weight) {
    return (NestedScales) blocks(weight).scales();
  }

  private static QuantState state(QuantState without, QuantisedWeight weight) {
    return without.nested() ? new QuantState(without.type(), without.blockSize(), without.precision(),
        without.shape(), true, without.nestedBlockSize(), nested(weight).offset()) : without;
  }

  private ElementType precision(String name) {
    return ElementType.of(source.dtype(name)).filter(ElementType.PRECISIONS::contains).orElse(ElementType.FLOAT32);
  }

  private TensorDeclaration part(String name, DType type, long[] shape, Function<QuantisedWeight, ByteBuffer> of) {
    return part(name, type, shape, name, of);
  }

  private TensorDeclaration part(
      String name, DType type, long[] shape, String tensor, Function<QuantisedWeight, ByteBuffer> of) {
    return new TensorDeclaration(name, type, shape, channel -> channel.write(of.apply(quantised(tensor)).duplicate()
        .clear()));
  }

  private static TensorDeclaration constant(String name, DType type, long[] shape, byte[] bytes) {
    return new TensorDeclaration(name, type, shape, channel -> channel.write(ByteBuffer.wrap(bytes)));
  }

  private static ByteBuffer bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  private QuantisedWeight quantised(String name) {
    if (!name.equals(current)) {
      close();
      listener.accept(name);
      scope = Engines.newManager();
      try (NDManager scratch = scope.newSubManager(); GradMode off = GradMode.off()) {
        NDArray dense = TensorTransform.contiguous(source.read(name, scratch), scratch);
        DataType type = precision(name).dataType();
        weight = Quantizer.quantise(name, OPS.cast(dense, type), settings, scope);
      }
      current = name;
    }
    return weight;
  }

  /** Lets go of the last tensor. */
  @Override
  public void close() {
    if (scope != null) {
      scope.close();
      scope = null;
    }
    current = "";
  }
}
