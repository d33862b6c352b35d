package dev.kasane.core.pickle;

import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.OpenFile;
import dev.kasane.core.pickle.container.CheckpointContents;
import dev.kasane.core.pickle.container.FileBytes;
import dev.kasane.core.pickle.container.LegacyCheckpoint;
import dev.kasane.core.pickle.container.ZipCheckpoint;
import dev.kasane.core.pickle.machine.Opcode;
import dev.kasane.core.pickle.values.Kinds;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickledTensor;
import dev.kasane.core.safetensors.FileDiagnosis;
import dev.kasane.core.safetensors.TensorValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An open PyTorch checkpoint. Opening interprets its pickle without running anything; tensor bytes are mapped
 * on request and stay valid after {@link #close}. Instances may be used from several threads.
 */
public final class TorchCheckpoint implements AutoCloseable {
  private static final int LISTED_KEYS = 8;

  private final OpenFile file;
  private final Path path;
  private final CheckpointContents contents;
  private final StorageReader storages;

  private TorchCheckpoint(OpenFile file) {
    this.file = file;
    this.path = file.path();
    this.contents = read(path, file.channel());
    this.storages = new StorageReader(file.channel(), contents);
  }

  /**
   * Opens a checkpoint in either of PyTorch's containers, told apart by content.
   *
   * @throws FileFault if the file is missing, unreadable, truncated, of another kind, beyond the
   *     reader's limits, or asks for anything but plain values and tensors; the message says which
   */
  public static TorchCheckpoint open(Path path) {
    return OpenFile.open(path, "checkpoint", TorchCheckpoint::new);
  }

  private static CheckpointContents read(Path path, FileChannel channel) {
    try {
      int sample = (int) Math.min(FileDiagnosis.SAMPLE_BYTES, channel.size());
      byte[] head = FileBytes.read(channel, 0, sample).array();
      if (head.length > 1 && head[0] == 'P' && head[1] == 'K') {
        return new ZipCheckpoint(channel).read();
      }
      if (head.length > 1 && (head[0] & 0xff) == Opcode.PROTO) {
        return new LegacyCheckpoint(channel).read();
      }
      throw new MalformedPickle(describe(head));
    } catch (MalformedPickle fault) {
      throw new FileFault(path, fault.getMessage(), fault);
    } catch (IOException failure) {
      throw new FileFault(path, "cannot be read: " + failure.getMessage(), failure);
    }
  }

  private static String describe(byte[] head) {
    if (head.length > 8 && head[8] == '{') {
      return "is a safetensors file; rename it to .safetensors";
    }
    return FileDiagnosis.describe(head).orElse("is no PyTorch checkpoint: it is neither a zip archive nor a"
        + " pickle");
  }

  /** The file this was opened from. */
  public Path path() {
    return path;
  }

  /**
   * What was saved. Dicts are {@link Map}s in order of insertion, lists and tuples
   * {@link java.util.List}s, sets {@link java.util.Set}s, integers {@link Long} or
   * {@link java.math.BigInteger}, floats {@link Double}, bytes {@code byte[]}, none {@code null};
   * tensors and parameters {@link PickledTensor}s, anything else an
   * {@link dev.kasane.core.pickle.values.OpaqueObject}. Unmodifiable, free of cycles, nested at most 200 deep.
   */
  public Object root() {
    return contents.root();
  }

  /**
   * The named tensors: those of the dict under {@code state_dict} where there is one, otherwise those of the
   * saved dict itself. Entries that are no tensors are left out; {@link #root} has them.
   *
   * @return tensors by name in order of insertion; unmodifiable, never empty
   * @throws FileFault if there are no named tensors, saying what there is
   */
  public Map<String, PickledTensor> stateDict() {
    if (!(contents.root() instanceof Map<?, ?> saved)) {
      throw new FileFault(path, "holds " + Kinds.of(contents.root())
          + ", not a dict of named tensors");
    }
    Map<?, ?> holder = saved.get("state_dict") instanceof Map<?, ?> inner ? inner : saved;
    Map<String, PickledTensor> tensors = new LinkedHashMap<>();
    holder.forEach((name, value) -> {
      if (name instanceof String key && value instanceof PickledTensor tensor) {
        tensors.put(key, tensor);
      }
    });
    if (tensors.isEmpty()) {
      throw new FileFault(path, "holds no tensors under 'state_dict' or at its top; its top has "
          + saved.keySet().stream().limit(LISTED_KEYS).map(key -> VisibleText.shortened(String.valueOf(key)))
              .collect(Collectors.joining(", ", "[", saved.size() > LISTED_KEYS ? ", …]" : "]")));
    }
    return Collections.unmodifiableMap(tensors);
  }

  /**
   * The elements of one tensor, row-major without gaps: direct, read-only, little-endian, possibly unaligned.
   * Mapped where the file holds them so, copied where the tensor is strided, big-endian or compressed.
   *
   * @param tensor a tensor of this checkpoint
   * @throws FileFault if it has more than 2^31 - 1 bytes (use {@link #map(PickledTensor, long, long)}),
   *     is compressed beyond belief, or the file has shrunk since it was opened
   */
  public ByteBuffer map(PickledTensor tensor) {
    return reading(() -> storages.read(tensor));
  }

  /**
   * A window of a contiguous tensor's bytes.
   *
   * @param offset first byte of the window, counted from the start of the tensor
   * @param length bytes in the window, at most 2^31 - 1
   * @throws FileFault as {@link #map(PickledTensor)}, and if the tensor is strided or big-endian
   * @throws IndexOutOfBoundsException if the window does not lie within the tensor
   */
  public ByteBuffer map(PickledTensor tensor, long offset, long length) {
    if (offset < 0 || length < 0 || length > Integer.MAX_VALUE || offset > tensor.byteLength() - length) {
      throw new IndexOutOfBoundsException(
          "window of " + length + " bytes at " + offset + " in a tensor of " + tensor.byteLength()
          + " bytes");
    }
    return reading(() -> storages.readWindow(tensor, offset, length));
  }

  /**
   * The elements of one tensor as floats, converted as {@link TensorValues#toFloats} does. For small uses: it
   * copies everything.
   *
   * @throws FileFault as {@link #map(PickledTensor)}
   */
  public float[] readFloats(PickledTensor tensor) {
    return TensorValues.toFloats(map(tensor), tensor.dtype());
  }

  private ByteBuffer reading(Reading reading) {
    try {
      return reading.read();
    } catch (MalformedPickle fault) {
      throw new FileFault(path, fault.getMessage(), fault);
    } catch (IOException failure) {
      throw new FileFault(path, "cannot be read: " + failure, failure);
    }
  }

  /** Closes the file. Buffers already mapped stay valid. */
  @Override
  public void close() {
    file.close();
  }

  /** An access to the file that may fail either way. */
  @FunctionalInterface
  private interface Reading {
    ByteBuffer read() throws IOException, MalformedPickle;
  }
}
