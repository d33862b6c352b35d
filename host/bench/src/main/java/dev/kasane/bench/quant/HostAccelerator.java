package dev.kasane.bench.quant;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.kasane.quant.cuda.Accelerator;
import dev.kasane.quant.cuda.KernelArguments;
import dev.kasane.quant.cuda.KernelFile;
import dev.kasane.quant.cuda.KernelLauncher;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** The CPU in a GPU's place, for a dry run. */
final class HostAccelerator implements Accelerator {
  private static final int ALIGNMENT = 16;

  private final KernelLauncher kernels;
  private final Map<Long, Memory> memory = new HashMap<>();

  HostAccelerator(KernelLauncher kernels) {
    this.kernels = kernels;
  }

  @Override
  public void launch(KernelFile file, String kernel, long blocksX, long blocksY, KernelArguments arguments) {
    kernels.launch(file, kernel, blocksX, blocksY, arguments);
  }

  @Override
  public long allocate(long bytes) {
    Memory room = new Memory(Math.max(1, bytes) + ALIGNMENT).align(ALIGNMENT);
    memory.put(Pointer.nativeValue(room), room);
    return Pointer.nativeValue(room);
  }

  @Override
  public void free(long address) {
    if (memory.remove(address) == null) {
      throw new IllegalStateException("memory is given back that was not taken");
    }
  }

  @Override
  public void upload(ByteBuffer from, long to) {
    new Pointer(to).getByteBuffer(0, from.capacity()).put(from.duplicate().clear());
  }

  @Override
  public void download(long from, ByteBuffer to) {
    to.duplicate().clear().put(new Pointer(from).getByteBuffer(0, to.capacity()));
  }

  @Override
  public void copy(long from, long to, long bytes) {
    new Pointer(to).getByteBuffer(0, bytes).put(new Pointer(from).getByteBuffer(0, bytes));
  }

  @Override
  public double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }
}
