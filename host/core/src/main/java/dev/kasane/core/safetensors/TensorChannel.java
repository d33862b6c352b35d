package dev.kasane.core.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Takes the bytes of one tensor, counts them and refuses any beyond its length. */
final class TensorChannel implements WritableByteChannel {
  private final PendingFile pending;
  private final TensorDeclaration tensor;
  private long missing;

  TensorChannel(PendingFile pending, TensorDeclaration tensor) {
    this.pending = pending;
    this.tensor = tensor;
    this.missing = tensor.byteLength();
  }

  /** Bytes still to come. */
  long missing() {
    return missing;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = source.remaining();
    if (count > missing) {
      throw new SafetensorsException(pending.target(), "was not written: the source of tensor "
          + Reasons.quote(tensor.name()) + " gave more than its " + tensor.byteLength() + " bytes");
    }
    pending.write(source);
    missing -= count;
    return count;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  /** Does nothing: the file goes on behind this tensor. */
  @Override
  public void close() {
  }
}
