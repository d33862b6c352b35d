package dev.kasane.core.safetensors;

import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** Takes the bytes of one tensor, counts them and refuses any beyond its length. */
final class TensorChannel implements WritableByteChannel {
  private final Path target;
  private final Sink sink;
  private final TensorDeclaration tensor;
  private long missing;

  /** Takes all remaining bytes of a buffer. */
  interface Sink {
    void write(ByteBuffer source) throws IOException;
  }

  /**
   * @param target the file that is being made, for messages
   * @param sink where its bytes go
   * @param tensor whose bytes are expected
   */
  TensorChannel(Path target, Sink sink, TensorDeclaration tensor) {
    this.target = target;
    this.sink = sink;
    this.tensor = tensor;
    this.missing = tensor.byteLength();
  }

  /**
   * Has the tensor write itself.
   *
   * @throws FileFault when it gives too few bytes
   */
  void fill() throws IOException {
    tensor.bytes().writeTo(this);
    if (missing != 0) {
      throw new FileFault(target, "was not written: the source of tensor "
          + VisibleText.quote(tensor.name()) + " gave " + missing + " bytes too few of " + tensor.byteLength());
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = source.remaining();
    if (count > missing) {
      throw new FileFault(target, "was not written: the source of tensor "
          + VisibleText.quote(tensor.name()) + " gave more than its " + tensor.byteLength() + " bytes");
    }
    sink.write(source);
    missing -= count;
    return count;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  /** Does nothing: the file goes on after this tensor. */
  @Override
  public void close() {
  }
}
