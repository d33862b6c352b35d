package dev.kasane.quant;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.HostMemory;
import dev.kasane.core.tensor.Ops;
import dev.kasane.quant.cpu.FourBitDecoding;
import dev.kasane.quant.cpu.FusedProduct;
import dev.kasane.quant.format.FourBitBlocks;
import dev.kasane.quant.format.NestedScales;
import dev.kasane.quant.format.StoredFloats;
import java.nio.ByteBuffer;

/** A weight in 4-bit codes. Few rows are multiplied without a dense copy where no gradient is asked for. */
public final class FourBitWeight extends QuantisedWeight {
  private final FourBitBlocks blocks;

  /**
   * A weight of given codes.
   *
   * @param shape the dense weight's
   * @param type the dense weight's
   * @param codes the tensor whose memory {@code blocks} lies in
   * @param blocks codes and scales
   */
  public FourBitWeight(Shape shape, DataType type, NDArray codes, FourBitBlocks blocks) {
    super(shape, type, codes);
    if (blocks.count() != shape.size()) {
      throw new IllegalArgumentException(blocks.count() + " codes for a weight of shape " + shape);
    }
    this.blocks = blocks;
  }

  /**
   * Quantises a dense weight.
   *
   * @param dense a contiguous tensor on the CPU, float32, float16 or bfloat16
   * @param settings how
   * @param owner owner of the codes
   * @throws dev.kasane.core.UserException when a number is not finite or the tensor is too large
   */
  static FourBitWeight quantise(String name, NDArray dense, QuantisationSettings settings, NDManager owner) {
    int count = count(name, dense.getShape());
    StoredFloats source = new StoredFloats(HostMemory.of(dense), Ops.typeOf(dense), count);
    NDArray codes = owner.create(new Shape(FourBitBlocks.bytes(count), 1), DataType.UINT8);
    FourBitBlocks blocks = FourBitBlocks.quantise(
        source, settings.kind().fourBit(), settings.blockSize(), HostMemory.of(codes));
    if (settings.doubleQuant()) {
      float[] scales = blocks.scales().all();
      blocks = blocks.nested(NestedScales.of(scales, mean(scales, owner)));
    }
    return new FourBitWeight(dense.getShape(), Ops.typeOf(dense), codes, blocks);
  }

  /** libtorch's own sum: another order of addition would give other bits than bitsandbytes has. */
  private static float mean(float[] scales, NDManager owner) {
    try (NDManager scratch = owner.newSubManager(); GradMode off = GradMode.off()) {
      return scratch.create(scales).mean().getFloat();
    }
  }

  /** Codes and scales. */
  public FourBitBlocks blocks() {
    return blocks;
  }

  @Override
  void decode(ByteBuffer out) {
    FourBitDecoding.decode(blocks, type(), out);
  }

  @Override
  public NDArray linear(NDArray x, NDArray bias) {
    return isFused(x) ? fused(x, bias) : super.linear(x, bias);
  }

  private boolean isFused(NDArray x) {
    long columns = shape().get(1);
    return !x.getDevice().isGpu() && FusedProduct.fits(blocks, (int) columns)
        && !(TorchBridge.gradMode() && TorchBridge.requiresGradient(x))
        && FusedProduct.isFaster(x.getShape().size() / columns);
  }

  private NDArray fused(NDArray x, NDArray bias) {
    int columns = (int) shape().get(1);
    int rows = (int) (x.getShape().size() / columns);
    NDManager scope = x.getManager();
    try (NDManager scratch = scope.newSubManager(); GradMode off = GradMode.off()) {
      NDArray wide = OPS.cast(x, DataType.FLOAT32);
      float[] products = FusedProduct.multiply(blocks, wide.toFloatArray(), rows, columns);
      long[] sizes = x.getShape().getShape().clone();
      sizes[sizes.length - 1] = shape().get(0);
      // A tensor made from an array borrows memory that the collector frees: sum and cast make libtorch's own.
      NDArray y = scratch.zeros(new Shape(sizes));
      HostMemory.of(y).asFloatBuffer().put(products);
      if (bias != null) {
        // No cast of it: a tensor made from the bias would stay with the model for good.
        OPS.addScaled(y, bias, 1);
      }
      NDArray result = OPS.castLike(y, x);
      result.attach(scope);
      if (wide != x) {
        wide.close();
      }
      return result;
    }
  }

  @Override
  public long bytes() {
    return blocks.bytes();
  }

  @Override
  public String storage() {
    return blocks.type().id();
  }
}
