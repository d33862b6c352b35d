package dev.kasane.quant.device;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.quant.DecodedWeight;
import dev.kasane.quant.Int8Weight;
import dev.kasane.quant.cuda.DeviceKernels;
import dev.kasane.quant.cuda.QuantKernels;
import dev.kasane.quant.cuda.TensorMemory;
import dev.kasane.quant.format.Int8Rows;

/** An {@link Int8Weight} on a device. Every product decodes it first. */
final class Int8DeviceWeight extends DecodedWeight {
  private final QuantKernels kernels;
  private final NDArray codes;
  private final NDArray scales;

  Int8DeviceWeight(Int8Weight weight, NDManager owner, DeviceKernels kernels) {
    super(weight.shape(), weight.type(), owner.getDevice());
    Int8Rows rows = weight.rows();
    this.kernels = kernels.quant();
    this.codes = TensorMemory.put(owner, rows.codes(), weight.shape(), DataType.INT8);
    this.scales = TensorMemory.put(owner, rows.scales());
  }

  @Override
  protected void decode(NDArray dense) {
    long rows = scales.getShape().size();
    kernels.dequantiseRows(type(), TensorMemory.address(codes), TensorMemory.address(scales),
        TensorMemory.address(dense), rows, shape().size() / rows);
  }

  @Override
  public long bytes() {
    return codes.getShape().size() + scales.getShape().size() * Float.BYTES;
  }

  @Override
  public String storage() {
    return "int8";
  }
}
