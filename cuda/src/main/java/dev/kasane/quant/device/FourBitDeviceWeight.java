package dev.kasane.quant.device;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.checkpoint.TensorTransform;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.quant.DecodedWeight;
import dev.kasane.quant.FourBitWeight;
import dev.kasane.quant.cuda.DeviceKernels;
import dev.kasane.quant.cuda.FourBitAddresses;
import dev.kasane.quant.cuda.QuantKernels;
import dev.kasane.quant.cuda.TensorMemory;
import dev.kasane.quant.format.BlockScales;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.quant.format.FourBitBlocks;
import dev.kasane.quant.format.FourBitType;
import dev.kasane.quant.format.NestedScales;
import java.nio.ByteBuffer;

/**
 * A {@link FourBitWeight} on a device. Up to {@link QuantKernels#MOST_ROWS} rows of float16 or bfloat16 are multiplied
 * without a dense copy, where no gradient is asked for; everything else decodes and takes the library's product.
 */
final class FourBitDeviceWeight extends DecodedWeight {
  /** What the kernels read at once. */
  private static final int ALIGNMENT = 16;

  private final DeviceKernels kernels;
  private final FourBitType codes;
  private final int blockSize;
  private final NDArray packed;
  private final NDArray absmax;
  /** Null where scales are not nested, and so is their map. */
  private final NDArray nestedCodes;
  private final NDArray nestedMap;
  private final float offset;

  FourBitDeviceWeight(FourBitWeight weight, NDManager owner, DeviceKernels kernels) {
    super(weight.shape(), weight.type(), owner.getDevice());
    FourBitBlocks blocks = weight.blocks();
    BlockScales scales = blocks.scales();
    this.kernels = kernels;
    this.codes = blocks.type();
    this.blockSize = blocks.blockSize();
    this.packed = put(owner, blocks.packed());
    // The kernels know nested blocks of one size; scales in other blocks are restored here.
    if (scales instanceof NestedScales nested && nested.blockSize() == BlockSize.NESTED) {
      this.absmax = TensorMemory.put(owner, nested.absmax());
      this.nestedCodes = put(owner, ByteBuffer.wrap(nested.codes()));
      this.nestedMap = TensorMemory.put(owner, nested.map());
      this.offset = nested.offset();
    } else {
      this.absmax = TensorMemory.put(owner, scales.all());
      this.nestedCodes = null;
      this.nestedMap = null;
      this.offset = 0;
    }
  }

  private static NDArray put(NDManager owner, ByteBuffer bytes) {
    return TensorMemory.put(owner, bytes, new Shape(bytes.capacity()), DataType.UINT8);
  }

  @Override
  protected void decode(NDArray dense) {
    kernels.quant().dequantise(codes, type(), addresses(), TensorMemory.address(dense), shape().size(), blockSize);
  }

  private FourBitAddresses addresses() {
    long at = TensorMemory.address(packed);
    long scales = TensorMemory.address(absmax);
    return nestedCodes == null ? FourBitAddresses.plain(at, scales) : new FourBitAddresses(at, scales,
        TensorMemory.address(nestedCodes), TensorMemory.address(nestedMap), offset);
  }

  @Override
  public NDArray linear(NDArray x, NDArray bias) {
    return isFused(x) ? fused(x, bias) : super.linear(x, bias);
  }

  /** A graph needs the dense weight for its backward pass: there is no way to hang a product of ours into it. */
  private boolean isFused(NDArray x) {
    long inputs = shape().get(1);
    DataType of = Ops.typeOf(x);
    return kernels.fusedProducts() && (of == DataType.FLOAT16 || of == DataType.BFLOAT16)
        && QuantKernels.areWholeBlocks(inputs, blockSize)
        && x.getShape().size() > 0 && x.getShape().size() / inputs <= QuantKernels.MOST_ROWS
        && !(TorchBridge.gradMode() && TorchBridge.requiresGradient(x));
  }

  private NDArray fused(NDArray x, NDArray bias) {
    int outputs = (int) shape().get(0);
    int inputs = (int) shape().get(1);
    NDManager scope = x.getManager();
    try (NDManager scratch = scope.newSubManager(); GradMode off = GradMode.off()) {
      NDArray rows = aligned(TensorTransform.contiguous(x, scratch));
      long[] sizes = x.getShape().getShape().clone();
      sizes[sizes.length - 1] = outputs;
      NDArray y = empty(scratch, new Shape(sizes), Ops.typeOf(x));
      kernels.quant().multiply(codes, Ops.typeOf(x), addresses(), TensorMemory.address(rows), TensorMemory.address(y),
          (int) (x.getShape().size() / inputs), outputs, inputs, blockSize);
      if (bias != null) {
        OPS.addScaled(y, bias, 1);
      }
      y.attach(scope);
      return y;
    }
  }

  /** A slice of another tensor may begin anywhere. */
  private static NDArray aligned(NDArray x) {
    return TensorMemory.address(x) % ALIGNMENT == 0 ? x : x.duplicate();
  }

  @Override
  public long bytes() {
    long scales = absmax.getShape().size() * Float.BYTES;
    return packed.getShape().size()
        + (nestedCodes == null ? scales : scales + Float.BYTES + nestedCodes.getShape().size());
  }

  @Override
  public String storage() {
    return codes.id();
  }
}
