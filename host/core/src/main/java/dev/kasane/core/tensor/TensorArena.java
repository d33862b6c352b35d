package dev.kasane.core.tensor;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * Room for many tensors in a few large pieces of memory, which are freed when the last tensor in them is.
 *
 * <p>A model that writes one token reads every weight for it, and the processor looks up the address of every page
 * that they lie on. Large pieces get pages of 2 MiB where the system has them (transparent huge pages), tensors by
 * themselves mostly pages of 4 KiB. Small tensors lie by themselves all the same: when the large ones have been
 * quantised and closed, a scale of a norm would keep a whole piece.
 */
public final class TensorArena implements AutoCloseable {
  private static final long PIECE = 32L << 20;
  private static final long SMALL = 256L << 10;
  private static final long ALIGNMENT = 64;

  private final NDManager owner;
  private NDArray piece;
  private long used;

  /** @param owner owner of the tensors */
  public TensorArena(NDManager owner) {
    this.owner = owner;
  }

  /**
   * A copy of a tensor.
   *
   * @param values what to copy
   * @param type type of the copy
   */
  public NDArray copy(NDArray values, DataType type) {
    Shape shape = values.getShape();
    long bytes = shape.size() * type.getNumOfBytes();
    if (bytes < SMALL) {
      NDArray small = Ops.typeOf(values) == type ? values.duplicate() : OPS.cast(values, type);
      small.attach(owner);
      return small;
    }
    if (piece == null || used + bytes > piece.size()) {
      close();
      piece = owner.create(new Shape(Math.max(bytes, PIECE)), DataType.UINT8);
      used = 0;
    }
    NDArray copy = OPS.over(owner, piece, used / type.getNumOfBytes(), type, shape);
    used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return OPS.assign(copy, values);
  }

  /** Ends the piece in use; tensors in it stay. */
  @Override
  public void close() {
    if (piece != null) {
      piece.close();
      piece = null;
    }
  }
}
