package dev.kasane.quant.cuda;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.FloatByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Launches kernels on libtorch's stream, which is the driver's legacy default stream: libtorch leaves it only where
 * a program asks for another, and neither DJL nor Kasane does.
 */
public final class CudaLauncher implements Accelerator {
  private final CudaDriver driver;
  private final Pointer context;
  private final KernelCompiler compiler;
  private final Map<KernelFile, Pointer> modules = new EnumMap<>(KernelFile.class);
  private final Map<String, Pointer> functions = new HashMap<>();

  CudaLauncher(CudaDriver driver, int device, KernelCompiler compiler) {
    this.driver = driver;
    this.context = driver.primaryContext(device);
    this.compiler = compiler;
  }

  private void call(String what, IntSupplier function) {
    driver.within(context, () -> driver.check(what, function.getAsInt()));
  }

  @Override
  public void launch(KernelFile file, String kernel, long blocksX, long blocksY, KernelArguments arguments) {
    int x = Math.toIntExact(blocksX);
    int y = Math.toIntExact(blocksY);
    driver.within(context, () -> driver.check("run kernel " + kernel, driver.api().cuLaunchKernel(
        function(file, kernel), x, y, 1, THREADS, 1, 1, 0, null, arguments.pointers(), null)));
  }

  private synchronized Pointer function(KernelFile file, String kernel) {
    return functions.computeIfAbsent(kernel, name -> {
      PointerByReference function = new PointerByReference();
      driver.check("find kernel " + name, driver.api().cuModuleGetFunction(function, module(file), name));
      return function.getValue();
    });
  }

  private Pointer module(KernelFile file) {
    return modules.computeIfAbsent(file, each -> {
      PointerByReference module = new PointerByReference();
      driver.check("load " + each.fileName(), driver.api().cuModuleLoadData(module, compiler.program(each)));
      return module.getValue();
    });
  }

  /** Compiles and loads a kernel file now. */
  public void prepare(KernelFile file) {
    driver.within(context, () -> {
      synchronized (this) {
        module(file);
      }
    });
  }

  @Override
  public long allocate(long bytes) {
    LongByReference address = new LongByReference();
    call("give " + bytes + " bytes of memory", () -> driver.api().cuMemAlloc_v2(address, Math.max(1, bytes)));
    return address.getValue();
  }

  @Override
  public void free(long address) {
    call("take memory back", () -> driver.api().cuMemFree_v2(address));
  }

  @Override
  public void upload(ByteBuffer from, long to) {
    call("copy to the GPU", () ->
        driver.api().cuMemcpyHtoD_v2(to, Native.getDirectBufferPointer(from), from.capacity()));
  }

  @Override
  public void download(long from, ByteBuffer to) {
    call("copy from the GPU", () ->
        driver.api().cuMemcpyDtoH_v2(Native.getDirectBufferPointer(to), from, to.capacity()));
  }

  @Override
  public void copy(long from, long to, long bytes) {
    call("copy on the GPU", () -> driver.api().cuMemcpyDtoDAsync_v2(to, from, bytes, null));
  }

  /** Bytes of the GPU's memory that nobody has taken yet. */
  public long freeMemory() {
    LongByReference free = new LongByReference();
    call("tell its free memory", () -> driver.api().cuMemGetInfo_v2(free, new LongByReference()));
    return free.getValue();
  }

  /** A queue of copies beside the kernels; the caller closes it. */
  public CopyQueue copyQueue() {
    return new CudaCopyQueue(driver, context);
  }

  @Override
  public double seconds(Runnable work) {
    PointerByReference start = new PointerByReference();
    PointerByReference end = new PointerByReference();
    FloatByReference milliseconds = new FloatByReference();
    driver.within(context, () -> {
      driver.check("make an event", driver.api().cuEventCreate(start, 0));
      driver.check("make an event", driver.api().cuEventCreate(end, 0));
      driver.check("mark the start", driver.api().cuEventRecord(start.getValue(), null));
      work.run();
      driver.check("mark the end", driver.api().cuEventRecord(end.getValue(), null));
      driver.check("wait", driver.api().cuEventSynchronize(end.getValue()));
      driver.check("read the clock",
          driver.api().cuEventElapsedTime(milliseconds, start.getValue(), end.getValue()));
      driver.api().cuEventDestroy_v2(start.getValue());
      driver.api().cuEventDestroy_v2(end.getValue());
    });
    return milliseconds.getValue() / 1000;
  }
}
