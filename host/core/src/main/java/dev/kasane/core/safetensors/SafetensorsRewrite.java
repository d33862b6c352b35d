package dev.kasane.core.safetensors;

import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Writes a file anew with some of its tensors replaced by others of the same type and shape. All others keep
 * their place and are copied by the operating system, byte for byte, in runs as long as they come, while the
 * replacements are computed.
 */
public final class SafetensorsRewrite {
  /** Room in the header for text that is known only when the tensors have been written. */
  private static final int RESERVE_BYTES = 4096;

  private static final long RUN_BYTES = 64L << 20;

  private final SafetensorsFile source;
  private final Map<String, TensorBytes> replaced;

  /**
   * @param source the open file
   * @param replaced new bytes by name; each source is asked once, on any of the threads, about in the file's order
   * @throws IllegalArgumentException for a name that the file has not
   */
  public SafetensorsRewrite(SafetensorsFile source, Map<String, TensorBytes> replaced) {
    if (!source.tensors().keySet().containsAll(replaced.keySet())) {
      throw new IllegalArgumentException("Not all of " + replaced.keySet() + " are in " + source.path());
    }
    this.source = source;
    this.replaced = Map.copyOf(replaced);
  }

  /**
   * Writes the file; the target appears, or is replaced, when everything is on disk.
   *
   * @param target where to; it may be the source itself
   * @param metadata asked twice, before the tensors and after them; the second answer counts and may be up to
   *     4 KiB longer
   * @param threads how many copy and compute at once, the caller among them, at least one
   * @throws SafetensorsException when it cannot be written, or a replacement has the wrong length
   */
  public void write(Path target, Supplier<Map<String, String>> metadata, int threads) throws SafetensorsException {
    try (PendingFile pending = PendingFile.beside(target)) {
      byte[] expected = header(metadata.get());
      int length = expected.length + RESERVE_BYTES;
      pending.write(start(expected, length), 0);
      try (WriteBehind behind = new WriteBehind(pending)) {
        long shift = HeaderReader.PREFIX_BYTES + length - source.dataStart();
        work(target, pending, shift, behind).run(threads);
      }
      byte[] header = header(metadata.get());
      if (header.length > length) {
        throw new SafetensorsException(target, "was not written: its metadata grew by more than "
            + RESERVE_BYTES + " bytes");
      }
      pending.write(start(header, length), 0);
      pending.replaceTarget();
    } catch (SafetensorsException known) {
      throw known;
    } catch (IOException failure) {
      throw new SafetensorsException(target, "could not be written: " + FileFaults.reason(failure)
          + "; nothing was changed", failure);
    }
  }

  private byte[] header(Map<String, String> metadata) throws IOException {
    List<TensorDeclaration> declarations = new ArrayList<>();
    source.tensors().forEach((name, entry) -> declarations.add(
        new TensorDeclaration(name, entry.dtype(), entry.shape(), channel -> { })));
    return HeaderWriter.encode(declarations, new TreeMap<>(metadata));
  }

  private static ByteBuffer start(byte[] header, int length) {
    ByteBuffer start = ByteBuffer.allocate(HeaderReader.PREFIX_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(length).put(header);
    while (start.hasRemaining()) {
      start.put((byte) ' ');
    }
    return start.flip();
  }

  /** All bytes behind the header; each lies {@code shift} farther back than in the source. */
  private SharedWork work(Path target, PendingFile pending, long shift, WriteBehind behind) throws IOException {
    SharedWork work = new SharedWork();
    long copied = source.dataStart();
    for (Map.Entry<String, TensorEntry> each : source.tensors().entrySet()) {
      TensorBytes bytes = replaced.get(each.getKey());
      if (bytes != null) {
        TensorEntry entry = each.getValue();
        addCopies(copied, entry.begin(), work, pending, shift, behind);
        TensorDeclaration tensor = new TensorDeclaration(each.getKey(), entry.dtype(), entry.shape(), bytes);
        Place place = new Place(pending, entry.begin() + shift);
        work.addComputed(() -> {
          new TensorChannel(target, place, tensor).fill();
          behind.wrote(entry.byteLength());
        });
        copied = entry.end();
      }
    }
    addCopies(copied, source.channel().size(), work, pending, shift, behind);
    return work;
  }

  private void addCopies(long begin, long end, SharedWork work, PendingFile pending, long shift,
      WriteBehind behind) {
    for (long at = begin; at < end; at += RUN_BYTES) {
      long from = at;
      long count = Math.min(RUN_BYTES, end - at);
      work.addCopy(() -> {
        pending.transfer(source.channel(), from, count, from + shift);
        behind.wrote(count);
      });
    }
  }

  /** Where the next bytes of a tensor go. */
  private static final class Place implements TensorChannel.Sink {
    private final PendingFile pending;
    private long at;

    Place(PendingFile pending, long at) {
      this.pending = pending;
      this.at = at;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      int count = bytes.remaining();
      pending.write(bytes, at);
      at += count;
    }
  }
}
