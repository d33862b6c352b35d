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

/** Launches kernels on libtorch's default stream. */
public final class CudaLauncher implements KernelLauncher, DeviceMemory {
  private final CudaDriver driver;
  private final int device;
  private final KernelCompiler compiler;
  private final Map<KernelFile, Pointer> modules = new EnumMap<>(KernelFile.class);
  private final Map<String, Pointer> functions = new HashMap<>();

  CudaLauncher(CudaDriver driver, int device, KernelCompiler compiler) {
    this.driver = driver;
    this.device = device;
    this.compiler = compiler;
  }

  @Override
  public void launch(KernelFile file, String kernel, long blocksX, long blocksY, KernelArguments arguments) {
    driver.enter(device);
    Pointer function = function(file, kernel);
    driver.check("run kernel " + kernel, driver.api().cuLaunchKernel(function, Math.toIntExact(blocksX),
        Math.toIntExact(blocksY), 1, THREADS, 1, 1, 0, null, arguments.pointers(), null));
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
    driver.enter(device);
    synchronized (this) {
      module(file);
    }
  }

  @Override
  public long allocate(long bytes) {
    driver.enter(device);
    LongByReference address = new LongByReference();
    driver.check("give " + bytes + " bytes of memory", driver.api().cuMemAlloc_v2(address, Math.max(1, bytes)));
    return address.getValue();
  }

  @Override
  public void free(long address) {
    driver.enter(device);
    driver.check("take memory back", driver.api().cuMemFree_v2(address));
  }

  @Override
  public void upload(ByteBuffer from, long to) {
    driver.enter(device);
    driver.check("copy to the GPU", driver.api().cuMemcpyHtoD_v2(
        to, Native.getDirectBufferPointer(from), from.capacity()));
  }

  @Override
  public void download(long from, ByteBuffer to) {
    driver.enter(device);
    driver.check("copy from the GPU", driver.api().cuMemcpyDtoH_v2(
        Native.getDirectBufferPointer(to), from, to.capacity()));
  }

  /** Copies inside the GPU's memory. */
  public void copy(long from, long to, long bytes) {
    driver.enter(device);
    driver.check("copy on the GPU", driver.api().cuMemcpyDtoD_v2(to, from, bytes));
  }

  /** Waits for all launches. */
  public void synchronize() {
    driver.enter(device);
    driver.check("finish", driver.api().cuCtxSynchronize());
  }

  /**
   * Times work on the GPU by its own clock.
   *
   * @return seconds
   */
  public double seconds(Runnable work) {
    driver.enter(device);
    PointerByReference start = new PointerByReference();
    PointerByReference end = new PointerByReference();
    driver.check("make an event", driver.api().cuEventCreate(start, 0));
    driver.check("make an event", driver.api().cuEventCreate(end, 0));
    driver.check("mark the start", driver.api().cuEventRecord(start.getValue(), null));
    work.run();
    driver.check("mark the end", driver.api().cuEventRecord(end.getValue(), null));
    driver.check("wait", driver.api().cuEventSynchronize(end.getValue()));
    FloatByReference milliseconds = new FloatByReference();
    driver.check("read the clock",
        driver.api().cuEventElapsedTime(milliseconds, start.getValue(), end.getValue()));
    driver.api().cuEventDestroy_v2(start.getValue());
    driver.api().cuEventDestroy_v2(end.getValue());
    return milliseconds.getValue() / 1000;
  }
}
