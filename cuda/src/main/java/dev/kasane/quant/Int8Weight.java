package dev.kasane.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.HostMemory;
import dev.kasane.core.tensor.Ops;
import dev.kasane.quant.cpu.Int8Decoding;
import dev.kasane.quant.format.Int8Rows;
import dev.kasane.quant.format.StoredFloats;
import java.nio.ByteBuffer;

/** A weight in signed bytes with a scale for each output. Activations are not quantised. */
public final class Int8Weight extends QuantisedWeight {
  private final Int8Rows rows;

  /**
   * @param shape the dense weight's
   * @param type the dense weight's
   * @param codes the tensor whose memory {@code rows} lies in
   * @param rows codes and scales
   */
  public Int8Weight(Shape shape, DataType type, NDArray codes, Int8Rows rows) {
    super(shape, type, codes);
    this.rows = rows;
  }

  /** Quantises a dense weight; see {@link FourBitWeight#quantise}. */
  static Int8Weight quantise(String name, NDArray dense, NDManager owner) {
    Shape shape = dense.getShape();
    int count = count(name, shape);
    StoredFloats source = new StoredFloats(HostMemory.of(dense), Ops.typeOf(dense), count);
    NDArray codes = owner.create(shape, DataType.INT8);
    Int8Rows rows = Int8Rows.quantise(source, (int) shape.get(0), HostMemory.of(codes));
    return new Int8Weight(shape, Ops.typeOf(dense), codes, rows);
  }

  /** Codes and scales. */
  public Int8Rows rows() {
    return rows;
  }

  @Override
  void decode(ByteBuffer out) {
    Int8Decoding.decode(rows, type(), out);
  }

  @Override
  public long bytes() {
    return rows.bytes();
  }

  @Override
  public String storage() {
    return "int8";
  }
}
