package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.training.StateMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Optimiser states in a file that is mapped into memory: the operating system keeps the pages that are in use
 * and writes the others back, so that states need no room when something else does.
 *
 * <p>The file belongs to one run and goes with it, also when its process is killed; checkpoints save states as
 * always.
 *
 * <p>Its room is taken by writing it before it is mapped. A file that is only made longer has none, and where the disk
 * has none either when a page is first written to, the system kills the process. Disks that copy on write (Btrfs, ZFS)
 * promise no room for that.
 */
public final class MappedStates implements StateMemory, AutoCloseable {
  private static final int PAGE = 4096;
  private static final int PIECE = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final NDManager scope;
  // Tensors borrow this memory, and it would be unmapped under them.
  private final List<ByteBuffer> mapped = new ArrayList<>();
  private long end;

  private MappedStates(Path file, FileChannel channel, NDManager scope) {
    this.file = file;
    this.channel = channel;
    this.scope = scope;
  }

  /**
   * Creates the file.
   *
   * @param file a file that does not exist yet, on a local disk
   * @param parent parent of the manager that owns the tensors, on the CPU
   * @throws UserException when it cannot be created
   */
  public static MappedStates create(Path file, NDManager parent) {
    try {
      // The system removes the file with the process, however that ends; where it can, the name goes at once.
      FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
          StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
      return new MappedStates(file, channel, parent.newSubManager());
    } catch (IOException e) {
      throw new UserException("Optimiser states cannot be kept in " + file + ": " + e
          + ". Name a file that does not exist, in a folder that may be written to.", e);
    }
  }

  @Override
  public NDArray zeros(String name, Shape shape, DataType type) {
    int bytes = StateSize.bytes(name, shape, type);
    long next = end + (Math.max(1L, bytes) + PAGE - 1) / PAGE * PAGE;
    try {
      takeRoom(end, next);
      ByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, end, Math.max(1, bytes));
      mapped.add(memory);
      end = next;
      memory.limit(bytes).order(ByteOrder.nativeOrder());
      return scope.create(memory, shape, type);
    } catch (IOException e) {
      throw new UserException("The optimiser's state '" + name + "' of " + bytes + " bytes does not fit into " + file
          + ": " + FileFaults.reason(e) + ". Free some space on that disk, or name another folder.", e);
    }
  }

  private void takeRoom(long from, long to) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(PIECE, to - from));
    for (long at = from; at < to;) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), to - at));
      at += channel.write(zeros, at);
    }
  }

  /** Bytes of the file. */
  public long bytes() {
    return end;
  }

  /** Closes the tensors and removes the file. */
  @Override
  public void close() {
    scope.close();
    mapped.clear();
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UserException(file + " could not be removed: " + e + ". Remove it by hand.", e);
    }
  }
}
