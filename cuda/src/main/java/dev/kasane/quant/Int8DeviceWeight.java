package dev.kasane.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.quant.cuda.DeviceKernels;
import dev.kasane.quant.cuda.QuantKernels;
import dev.kasane.quant.cuda.TensorMemory;
import dev.kasane.quant.format.Int8Rows;

/** An {@link Int8Weight} on a device. Every product decodes it first. */
public final class Int8DeviceWeight extends DeviceWeight {
  private final QuantKernels kernels;
  private final NDArray codes;
  private final NDArray scales;

  Int8DeviceWeight(Int8Weight weight, NDManager owner, DeviceKernels kernels) {
    super(weight, owner);
    Int8Rows rows = weight.rows();
    this.kernels = kernels.quant();
    this.codes = TensorMemory.put(owner, rows.codes(), weight.shape(), DataType.INT8);
    this.scales = TensorMemory.put(owner, rows.scales());
  }

  @Override
  void decode(long out) {
    long rows = scales.getShape().size();
    kernels.dequantiseRows(type(), TensorMemory.address(codes), TensorMemory.address(scales), out, rows,
        shape().size() / rows);
  }

  @Override
  public long bytes() {
    return codes.getShape().size() + scales.getShape().size() * Float.BYTES;
  }
}
