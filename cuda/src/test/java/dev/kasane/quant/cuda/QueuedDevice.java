package dev.kasane.quant.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * A device in the CPU's memory with two queues, one of kernels and one of copies. Nothing runs before somebody waits
 * for it; then the queues take turns by chance, held up by nothing but their waits for one another. Whatever lacks a
 * wait goes wrong in some order.
 */
public final class QueuedDevice implements KernelLauncher, CopyQueue {
  private final KernelLauncher kernels;
  private final Random random;
  private final Queue compute = new Queue();
  private final Queue copies = new Queue();
  private final Map<Long, Memory> pinned = new HashMap<>();
  private int copied;
  private boolean closed;

  /** Entries in order; each is done when it may and did run. */
  private static final class Queue {
    private final Deque<BooleanSupplier> entries = new ArrayDeque<>();
    private long queued;
    private long done;

    void add(BooleanSupplier entry) {
      entries.add(entry);
      queued++;
    }

    void add(Runnable work) {
      add(() -> {
        work.run();
        return true;
      });
    }

    void await(Queue other) {
      long all = other.queued;
      add(() -> other.done >= all);
    }

    boolean advance() {
      if (entries.isEmpty() || !entries.peek().getAsBoolean()) {
        return false;
      }
      entries.poll();
      done++;
      return true;
    }
  }

  /** Runs kernels elsewhere, in an order that the seed gives. */
  public QueuedDevice(KernelLauncher kernels, long seed) {
    this.kernels = kernels;
    this.random = new Random(seed);
  }

  @Override
  public void launch(KernelFile file, String kernel, long blocksX, long blocksY, KernelArguments arguments) {
    compute.add(() -> kernels.launch(file, kernel, blocksX, blocksY, arguments));
  }

  @Override
  public long pin(long bytes) {
    Memory memory = new Memory(bytes + Native.POINTER_SIZE);
    memory.setMemory(0, memory.size(), (byte) 0x7f);
    pinned.put(Pointer.nativeValue(memory), memory);
    return Pointer.nativeValue(memory);
  }

  @Override
  public void unpin(long address) {
    if (pinned.remove(address) == null) {
      throw new AssertionError("memory is given back that was not pinned");
    }
  }

  @Override
  public void copyIn(long host, long device, long bytes) {
    copy(host, host, device, bytes);
  }

  @Override
  public void copyOut(long device, long host, long bytes) {
    copy(host, device, host, bytes);
  }

  private void copy(long host, long from, long to, long bytes) {
    if (pinned.entrySet().stream().noneMatch(
        each -> each.getKey() <= host && host + bytes <= each.getKey() + each.getValue().size())) {
      throw new AssertionError("a copy beside its queue needs pinned memory");
    }
    copied++;
    copies.add(() -> new Pointer(to).write(0, new Pointer(from).getByteArray(0, (int) bytes), 0, (int) bytes));
  }

  @Override
  public void computeAwaitsCopies() {
    compute.await(copies);
  }

  @Override
  public void copiesAwaitCompute() {
    copies.await(compute);
  }

  @Override
  public void finish() {
    while (!copies.entries.isEmpty()) {
      Queue first = random.nextBoolean() ? copies : compute;
      if (!first.advance() && !(first == copies ? compute : copies).advance()) {
        throw new AssertionError("both queues wait for one another");
      }
    }
  }

  /** How many copies there were. */
  public int copied() {
    return copied;
  }

  /** Whether it was closed with nothing pinned and nothing left to do. */
  public boolean isClosed() {
    return closed && pinned.isEmpty() && copies.entries.isEmpty();
  }

  @Override
  public void close() {
    closed = true;
  }
}
