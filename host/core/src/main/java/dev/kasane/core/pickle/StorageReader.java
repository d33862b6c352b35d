package dev.kasane.core.pickle;

import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileWindow;
import dev.kasane.core.pickle.container.CheckpointContents;
import dev.kasane.core.pickle.container.FileRegion;
import dev.kasane.core.pickle.container.RegionStream;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickledTensor;
import dev.kasane.core.pickle.values.StorageLocation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Gives the bytes of tensors: mapped where the file has them as wanted, copied where it has not. */
final class StorageReader {
  /** Best ratio believed of deflated weights; the format itself allows a thousand, the stuff of zip bombs. */
  private static final long MAX_RATIO = 100;
  private static final long RATIO_FLOOR_BYTES = 1 << 20;

  private final FileChannel channel;
  private final CheckpointContents contents;

  StorageReader(FileChannel channel, CheckpointContents contents) {
    this.channel = channel;
    this.contents = contents;
  }

  ByteBuffer read(PickledTensor tensor) throws IOException, MalformedPickle {
    if (tensor.byteLength() > Integer.MAX_VALUE) {
      throw new MalformedPickle("holds a tensor of " + tensor.byteLength()
          + " bytes, more than one buffer takes;"
          + " map it in windows of at most " + Integer.MAX_VALUE + " bytes");
    }
    return isMappable(tensor) ? window(tensor, 0, tensor.byteLength()) : gather(tensor);
  }

  ByteBuffer readWindow(PickledTensor tensor, long offset, long length) throws IOException, MalformedPickle {
    if (!isMappable(tensor)) {
      throw new MalformedPickle("holds a tensor with strides or foreign byte order that is wanted in windows;"
          + " save a contiguous copy of it");
    }
    return window(tensor, offset, length);
  }

  private boolean isMappable(PickledTensor tensor) {
    return tensor.isContiguous() && (!contents.bigEndian() || tensor.dtype().byteSize() == 1);
  }

  private ByteBuffer gather(PickledTensor tensor) throws IOException, MalformedPickle {
    long extent = tensor.extent() * tensor.dtype().byteSize();
    if (extent > Integer.MAX_VALUE) {
      throw new MalformedPickle("holds a tensor spread over " + extent + " bytes, more than one buffer takes;"
          + " save a contiguous copy of it");
    }
    return TensorGather.gather(tensor, window(tensor, 0, extent), contents.bigEndian());
  }

  /** Bytes of the tensor's storage, counted from the tensor's first element. */
  private ByteBuffer window(PickledTensor tensor, long offset, long length)
      throws IOException, MalformedPickle {
    StorageLocation storage = tensor.storage();
    FileRegion region = contents.storages().get(storage.key());
    if (region == null) {
      throw new MalformedPickle("has no storage " + VisibleText.shortened(storage.key())
          + "; the tensor is from another file");
    }
    if (length == 0) {
      return ByteBuffer.allocateDirect(0).order(ByteOrder.LITTLE_ENDIAN).asReadOnlyBuffer()
          .order(ByteOrder.LITTLE_ENDIAN);
    }
    long start = storage.byteOffset() + tensor.storageOffset() * tensor.dtype().byteSize() + offset;
    ByteBuffer bytes = region.deflated()
        ? inflate(region).slice((int) start, (int) length).asReadOnlyBuffer()
        : mapPlain(region.offset() + start, length);
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer mapPlain(long position, long length) throws IOException, MalformedPickle {
    if (position > channel.size() - length) {
      throw new MalformedPickle("has shrunk since it was opened");
    }
    return FileWindow.of(channel, position, length, contents.storages().size());
  }

  private ByteBuffer inflate(FileRegion region) throws IOException, MalformedPickle {
    long believed = Math.min(Integer.MAX_VALUE, MAX_RATIO * region.storedLength() + RATIO_FLOOR_BYTES);
    if (region.length() > believed) {
      throw new MalformedPickle("holds a storage deflated from " + region.length() + " bytes to "
          + region.storedLength() + "; unpack the archive and pack it again without compression");
    }
    ByteBuffer content = ByteBuffer.allocateDirect((int) region.length());
    byte[] piece = new byte[1 << 16];
    try (InputStream stream = RegionStream.open(channel, region)) {
      while (content.hasRemaining()) {
        int count = stream.read(piece, 0, Math.min(piece.length, content.remaining()));
        if (count < 0) {
          throw new MalformedPickle("holds a deflated storage that ends too soon; the file is damaged");
        }
        content.put(piece, 0, count);
      }
    }
    return content.flip();
  }
}
