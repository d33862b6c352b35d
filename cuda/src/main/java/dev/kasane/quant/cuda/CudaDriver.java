package dev.kasane.quant.cuda;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.FloatByReference;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.kasane.core.UserException;
import dev.kasane.core.natives.NativeLibraries;

/** The driver API, as far as it is needed: one GPU, its primary context (which libtorch uses), launches, copies. */
final class CudaDriver {
  private static final int COMPUTE_MAJOR = 75;
  private static final int COMPUTE_MINOR = 76;
  private static final int NAME_BYTES = 256;

  private final Api api;

  /** The functions of the library, by their own names. */
  interface Api extends Library {
    int cuInit(int flags);

    int cuDriverGetVersion(IntByReference version);

    int cuDeviceGetCount(IntByReference count);

    int cuDeviceGet(IntByReference device, int ordinal);

    int cuDeviceGetName(byte[] name, int length, int device);

    int cuDeviceGetAttribute(IntByReference value, int attribute, int device);

    int cuDeviceTotalMem_v2(LongByReference bytes, int device);

    int cuDevicePrimaryCtxRetain(PointerByReference context, int device);

    int cuCtxGetCurrent(PointerByReference context);

    int cuCtxPushCurrent_v2(Pointer context);

    int cuCtxPopCurrent_v2(PointerByReference context);

    int cuMemGetInfo_v2(LongByReference free, LongByReference total);

    int cuModuleLoadData(PointerByReference module, byte[] image);

    int cuModuleGetFunction(PointerByReference function, Pointer module, String name);

    int cuLaunchKernel(Pointer function, int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ,
        int sharedBytes, Pointer stream, Pointer arguments, Pointer extra);

    int cuMemAlloc_v2(LongByReference address, long bytes);

    int cuMemFree_v2(long address);

    int cuMemcpyHtoD_v2(long to, Pointer from, long bytes);

    int cuMemcpyDtoH_v2(Pointer to, long from, long bytes);

    int cuMemcpyDtoDAsync_v2(long to, long from, long bytes, Pointer stream);

    int cuMemHostAlloc(PointerByReference address, long bytes, int flags);

    int cuMemFreeHost(Pointer address);

    int cuMemcpyHtoDAsync_v2(long to, Pointer from, long bytes, Pointer stream);

    int cuMemcpyDtoHAsync_v2(Pointer to, long from, long bytes, Pointer stream);

    int cuStreamCreate(PointerByReference stream, int flags);

    int cuStreamWaitEvent(Pointer stream, Pointer event, int flags);

    int cuStreamSynchronize(Pointer stream);

    int cuStreamDestroy_v2(Pointer stream);

    int cuEventCreate(PointerByReference event, int flags);

    int cuEventRecord(Pointer event, Pointer stream);

    int cuEventSynchronize(Pointer event);

    int cuEventElapsedTime(FloatByReference milliseconds, Pointer start, Pointer end);

    int cuEventDestroy_v2(Pointer event);

    int cuGetErrorString(int error, PointerByReference text);
  }

  CudaDriver(Api api) {
    this.api = api;
  }

  /**
   * Opens the driver.
   *
   * @throws UnsatisfiedLinkError when none is installed, or one that lacks what is needed
   */
  static CudaDriver open() {
    // JNA unpacks its own library where that says.
    NativeLibraries.prepare();
    return new CudaDriver(Native.load(Platform.isWindows() ? "nvcuda" : "libcuda.so.1", Api.class));
  }

  Api api() {
    return api;
  }

  /** Starts the driver; the result is its own code, 0 for done. */
  int start() {
    return api.cuInit(0);
  }

  /** What a result of the driver means. */
  String meaning(int result) {
    PointerByReference text = new PointerByReference();
    boolean known = api.cuGetErrorString(result, text) == 0 && text.getValue() != null;
    return known ? text.getValue().getString(0) + " (" + result + ")" : "error " + result;
  }

  /**
   * Stops at a failure.
   *
   * @param what was tried
   * @throws UserException naming it and what the driver said
   */
  void check(String what, int result) {
    if (result != 0) {
      throw new UserException("The GPU driver cannot " + what + ": " + meaning(result)
          + ". «doctor» tests the GPU; the CPU does the same work more slowly.");
    }
  }

  /** The newest CUDA that the driver runs, such as {@code 12.4}. */
  String version() {
    return majorVersion() + "." + versionNumber() % 1000 / 10;
  }

  /** The same without what comes after the stop. */
  int majorVersion() {
    return versionNumber() / 1000;
  }

  private int versionNumber() {
    IntByReference version = new IntByReference();
    check("tell its version", api.cuDriverGetVersion(version));
    return version.getValue();
  }

  int deviceCount() {
    IntByReference count = new IntByReference();
    check("count the GPUs", api.cuDeviceGetCount(count));
    return count.getValue();
  }

  int device(int ordinal) {
    IntByReference device = new IntByReference();
    check("open GPU " + ordinal, api.cuDeviceGet(device, ordinal));
    return device.getValue();
  }

  String name(int device) {
    byte[] name = new byte[NAME_BYTES];
    check("tell a GPU's name", api.cuDeviceGetName(name, name.length, device));
    return Native.toString(name);
  }

  /** Ten times the major version of what the GPU can compute, plus the minor: 90 for 9.0. */
  int computeCapability(int device) {
    IntByReference value = new IntByReference();
    check("tell what a GPU can do", api.cuDeviceGetAttribute(value, COMPUTE_MAJOR, device));
    int major = value.getValue();
    check("tell what a GPU can do", api.cuDeviceGetAttribute(value, COMPUTE_MINOR, device));
    return major * 10 + value.getValue();
  }

  long memory(int device) {
    LongByReference bytes = new LongByReference();
    check("tell a GPU's memory", api.cuDeviceTotalMem_v2(bytes, device));
    return bytes.getValue();
  }

  /** A GPU's primary context, which libtorch shares; kept until the process ends. */
  Pointer primaryContext(int device) {
    PointerByReference context = new PointerByReference();
    check("open a context", api.cuDevicePrimaryCtxRetain(context, device));
    return context.getValue();
  }

  /**
   * Works in a context and leaves the calling thread in the one that it was in: libtorch may be using another GPU.
   */
  void within(Pointer context, Runnable work) {
    PointerByReference current = new PointerByReference();
    check("tell its context", api.cuCtxGetCurrent(current));
    if (context.equals(current.getValue())) {
      work.run();
      return;
    }
    check("enter a context", api.cuCtxPushCurrent_v2(context));
    try {
      work.run();
    } finally {
      check("leave a context", api.cuCtxPopCurrent_v2(current));
    }
  }
}
