package dev.kasane.core.safetensors;

import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFile;
import dev.kasane.core.parallel.SharedWork;
import dev.kasane.core.parallel.WriteBehind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Writes a file anew with some of its tensors replaced by others, and others added at its end. All that stay are
 * copied by the operating system, byte for byte, in runs as long as they come, while the others are computed.
 */
public final class SafetensorsRewrite {
  /** Room in the header for text that is known only when the tensors have been written. */
  private static final int RESERVE_BYTES = 4096;

  private static final long RUN_BYTES = 64L << 20;

  private final SafetensorsFile source;
  private final Map<String, TensorDeclaration> computed;

  /**
   * @param source the open file
   * @param computed the tensors that take the place of those of their names, and those that the file has not, which
   *     are added; each is asked for its bytes once, on any of the threads, about in the file's order
   */
  public SafetensorsRewrite(SafetensorsFile source, Collection<TensorDeclaration> computed) {
    this.source = source;
    this.computed = new LinkedHashMap<>();
    computed.forEach(each -> this.computed.put(each.name(), each));
  }

  /**
   * Writes the file; the target appears, or is replaced, when everything is on disk.
   *
   * @param target where to; it may be the source itself
   * @param metadata asked twice, before the tensors and after them; the second answer counts and may be up to
   *     4 KiB longer
   * @param threads how many copy and compute at once, the caller among them, at least one
   * @throws FileFault when it cannot be written, or a computed tensor has the wrong length
   */
  public void write(Path target, Supplier<Map<String, String>> metadata, int threads) {
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
        throw new FileFault(target, "was not written: its metadata grew by more than "
            + RESERVE_BYTES + " bytes");
      }
      pending.write(start(header, length), 0);
      pending.replaceTarget();
    } catch (IOException failure) {
      throw new FileFault(target, "could not be written: " + FileFaults.reason(failure)
          + "; nothing was changed", failure);
    }
  }

  private byte[] header(Map<String, String> metadata) throws IOException {
    List<TensorDeclaration> declarations = new ArrayList<>();
    source.tensors().forEach((name, entry) -> declarations.add(computed.getOrDefault(name,
        new TensorDeclaration(name, entry.dtype(), entry.shape(), channel -> { }))));
    added().forEach(declarations::add);
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

  private Stream<TensorDeclaration> added() {
    return computed.values().stream().filter(each -> !source.tensors().containsKey(each.name()));
  }

  /** All bytes after the header; at first each lies {@code shift} farther back than in the source. */
  private SharedWork work(Path target, PendingFile pending, long shift, WriteBehind behind) throws IOException {
    SharedWork work = new SharedWork();
    long copied = source.dataStart();
    long moved = shift;
    for (Map.Entry<String, TensorEntry> each : source.tensors().entrySet()) {
      TensorDeclaration tensor = computed.get(each.getKey());
      if (tensor != null) {
        TensorEntry entry = each.getValue();
        addCopies(copied, entry.begin(), work, pending, moved, behind);
        addComputed(tensor, entry.begin() + moved, work, target, pending, behind);
        copied = entry.end();
        moved += tensor.byteLength() - entry.byteLength();
      }
    }
    addCopies(copied, source.channel().size(), work, pending, moved, behind);
    long end = source.channel().size() + moved;
    for (TensorDeclaration tensor : added().toList()) {
      addComputed(tensor, end, work, target, pending, behind);
      end += tensor.byteLength();
    }
    return work;
  }

  private static void addComputed(TensorDeclaration tensor, long at, SharedWork work, Path target, PendingFile pending,
      WriteBehind behind) {
    Place place = new Place(pending, at);
    work.addComputed(() -> {
      new TensorChannel(target, place, tensor).fill();
      behind.wrote(tensor.byteLength());
    });
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
