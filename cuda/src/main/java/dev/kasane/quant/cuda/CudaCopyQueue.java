package dev.kasane.quant.cuda;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.function.IntSupplier;

/** A second stream of a GPU, one that does not wait for libtorch's by itself, with two events to wait by. */
final class CudaCopyQueue implements CopyQueue {
  private static final int NON_BLOCKING = 1;
  private static final int DISABLE_TIMING = 2;
  private static final int PORTABLE = 1;
  /** The stream that libtorch computes on. */
  private static final Pointer COMPUTE = null;

  private final CudaDriver driver;
  private final Pointer context;
  private final PointerByReference stream = new PointerByReference();
  private final PointerByReference copied = new PointerByReference();
  private final PointerByReference computed = new PointerByReference();

  CudaCopyQueue(CudaDriver driver, Pointer context) {
    this.driver = driver;
    this.context = context;
    call("make a stream", () -> driver.api().cuStreamCreate(stream, NON_BLOCKING));
    call("make an event", () -> driver.api().cuEventCreate(copied, DISABLE_TIMING));
    call("make an event", () -> driver.api().cuEventCreate(computed, DISABLE_TIMING));
  }

  private void call(String what, IntSupplier function) {
    driver.within(context, () -> driver.check(what, function.getAsInt()));
  }

  @Override
  public long pin(long bytes) {
    PointerByReference address = new PointerByReference();
    call("pin " + bytes + " bytes of the host's memory", () -> driver.api().cuMemHostAlloc(address, bytes, PORTABLE));
    return Pointer.nativeValue(address.getValue());
  }

  @Override
  public void unpin(long address) {
    call("take pinned memory back", () -> driver.api().cuMemFreeHost(new Pointer(address)));
  }

  @Override
  public void copyIn(long host, long device, long bytes) {
    call("copy to the GPU", () ->
        driver.api().cuMemcpyHtoDAsync_v2(device, new Pointer(host), bytes, stream.getValue()));
  }

  @Override
  public void copyOut(long device, long host, long bytes) {
    call("copy from the GPU", () ->
        driver.api().cuMemcpyDtoHAsync_v2(new Pointer(host), device, bytes, stream.getValue()));
  }

  @Override
  public void computeAwaitsCopies() {
    // A wait holds on to the mark that is there when it is queued: marking again disturbs none of those before.
    call("mark copies", () -> driver.api().cuEventRecord(copied.getValue(), stream.getValue()));
    call("wait for copies", () -> driver.api().cuStreamWaitEvent(COMPUTE, copied.getValue(), 0));
  }

  @Override
  public void copiesAwaitCompute() {
    call("mark kernels", () -> driver.api().cuEventRecord(computed.getValue(), COMPUTE));
    call("wait for kernels", () -> driver.api().cuStreamWaitEvent(stream.getValue(), computed.getValue(), 0));
  }

  @Override
  public void finish() {
    call("finish its copies", () -> driver.api().cuStreamSynchronize(stream.getValue()));
  }

  @Override
  public void close() {
    finish();
    call("drop a stream", () -> driver.api().cuStreamDestroy_v2(stream.getValue()));
    call("drop an event", () -> driver.api().cuEventDestroy_v2(copied.getValue()));
    call("drop an event", () -> driver.api().cuEventDestroy_v2(computed.getValue()));
  }
}
