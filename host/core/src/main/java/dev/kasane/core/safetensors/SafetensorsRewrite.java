package dev.kasane.core.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Writes a file anew with some of its tensors replaced by others of the same type and shape. All others keep
 * their place and are copied by the operating system, byte for byte, in runs as long as they come.
 */
public final class SafetensorsRewrite {
  /** Room in the header for text that is known only when the tensors have been written. */
  private static final int RESERVE_BYTES = 4096;

  private static final long RUN_BYTES = 64L << 20;

  private final SafetensorsFile source;
  private final Map<String, TensorBytes> replaced;

  /**
   * @param source the open file
   * @param replaced new bytes by name; each source is asked when its turn comes, in the file's order
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
   * @throws SafetensorsException when it cannot be written, or a replacement has the wrong length
   */
  public void write(Path target, Supplier<Map<String, String>> metadata) throws SafetensorsException {
    try (PendingFile pending = PendingFile.beside(target)) {
      int length = header(metadata.get()).length + RESERVE_BYTES;
      pending.write(start(header(metadata.get()), length));
      try (WriteBehind behind = pending.writeBehind()) {
        writeTensors(target, pending, behind);
      }
      byte[] header = header(metadata.get());
      if (header.length > length) {
        throw new SafetensorsException(target, "was not written: its metadata grew by more than "
            + RESERVE_BYTES + " bytes");
      }
      pending.rewriteStart(start(header, length));
      pending.replaceTarget();
    } catch (SafetensorsException known) {
      throw known;
    } catch (IOException failure) {
      throw new SafetensorsException(target, "could not be written: " + Reasons.of(failure)
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

  private void writeTensors(Path target, PendingFile pending, WriteBehind behind) throws IOException {
    long copied = source.dataStart();
    Set<String> changed = replaced.keySet();
    for (Map.Entry<String, TensorEntry> each : source.tensors().entrySet()) {
      if (changed.contains(each.getKey())) {
        TensorEntry entry = each.getValue();
        copy(copied, entry.begin(), pending, behind);
        writeTensor(target, pending, each.getKey(), entry);
        behind.wrote(entry.byteLength());
        copied = entry.end();
      }
    }
    copy(copied, source.channel().size(), pending, behind);
  }

  private void copy(long begin, long end, PendingFile pending, WriteBehind behind) throws IOException {
    for (long at = begin; at < end; at += RUN_BYTES) {
      long count = Math.min(RUN_BYTES, end - at);
      pending.transfer(source.channel(), at, count);
      behind.wrote(count);
    }
  }

  private void writeTensor(Path target, PendingFile pending, String name, TensorEntry entry)
      throws IOException {
    TensorDeclaration declaration =
        new TensorDeclaration(name, entry.dtype(), entry.shape(), replaced.get(name));
    TensorChannel channel = new TensorChannel(pending, declaration);
    declaration.bytes().writeTo(channel);
    if (channel.missing() != 0) {
      throw new SafetensorsException(target, "was not written: the source of tensor " + Reasons.quote(name)
          + " gave " + channel.missing() + " bytes too few of " + declaration.byteLength());
    }
  }
}
