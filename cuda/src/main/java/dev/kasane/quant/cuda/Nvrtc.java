package dev.kasane.quant.cuda;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.kasane.core.UserException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** NVIDIA's run-time compiler: kernel source to a program for one kind of GPU. */
public final class Nvrtc {
  private final Api api;
  private final Path file;

  /** The functions of the library, by their own names. */
  interface Api extends Library {
    int nvrtcVersion(IntByReference major, IntByReference minor);

    int nvrtcGetNumSupportedArchs(IntByReference count);

    int nvrtcGetSupportedArchs(int[] architectures);

    int nvrtcCreateProgram(PointerByReference program, String source, String name, int headers, Pointer headerTexts,
        Pointer headerNames);

    int nvrtcCompileProgram(Pointer program, int options, String[] option);

    int nvrtcGetProgramLogSize(Pointer program, LongByReference size);

    int nvrtcGetProgramLog(Pointer program, Pointer log);

    int nvrtcGetCUBINSize(Pointer program, LongByReference size);

    int nvrtcGetCUBIN(Pointer program, Pointer cubin);

    int nvrtcDestroyProgram(PointerByReference program);

    String nvrtcGetErrorString(int result);
  }

  private Nvrtc(Api api, Path file) {
    this.api = api;
    this.file = file;
  }

  /**
   * Opens the library.
   *
   * @param files the library, and the part of it that it opens by its bare name
   * @throws UnsatisfiedLinkError when it is no such library
   */
  static Nvrtc open(NvrtcFiles files) {
    // NVRTC opens its second half by bare name, which succeeds only when that has been loaded already.
    files.builtins().ifPresent(builtins -> com.sun.jna.NativeLibrary.getInstance(builtins.toString()));
    return new Nvrtc(Native.load(files.library().toString(), Api.class), files.library());
  }

  /** Its version, such as {@code 12.4}. */
  public String version() {
    IntByReference major = new IntByReference();
    IntByReference minor = new IntByReference();
    check("ask for the version", api.nvrtcVersion(major, minor));
    return major.getValue() + "." + minor.getValue();
  }

  /** Whether it compiles for GPUs of a compute capability (ten times it). */
  public boolean compilesFor(int capability) {
    IntByReference count = new IntByReference();
    check("count the GPUs that it knows", api.nvrtcGetNumSupportedArchs(count));
    int[] known = new int[count.getValue()];
    check("tell the GPUs that it knows", api.nvrtcGetSupportedArchs(known));
    return Arrays.stream(known).anyMatch(each -> each == capability);
  }

  /** Where it was found. */
  public Path file() {
    return file;
  }

  /**
   * Compiles.
   *
   * @param name of the source, for messages
   * @param source CUDA C++ without includes
   * @param architecture such as {@code sm_90}
   * @return a program that the driver loads
   * @throws UserException with the compiler's own words when the source or the architecture is refused
   */
  public byte[] compile(String name, String source, String architecture) {
    PointerByReference program = new PointerByReference();
    check("take " + name, api.nvrtcCreateProgram(program, source, name, 0, null, null));
    try {
      String[] options = {"--gpu-architecture=" + architecture, "--std=c++17", "--fmad=false"};
      int result = api.nvrtcCompileProgram(program.getValue(), options.length, options);
      if (result != 0) {
        throw new UserException("NVRTC " + version() + " (" + file + ") does not compile " + name + " for "
            + architecture + ": " + api.nvrtcGetErrorString(result) + ". " + log(program.getValue()));
      }
      return cubin(name, program.getValue());
    } finally {
      api.nvrtcDestroyProgram(program);
    }
  }

  private byte[] cubin(String name, Pointer program) {
    LongByReference size = new LongByReference();
    check("measure " + name, api.nvrtcGetCUBINSize(program, size));
    Memory cubin = new Memory(size.getValue());
    check("hand over " + name, api.nvrtcGetCUBIN(program, cubin));
    return cubin.getByteArray(0, (int) size.getValue());
  }

  private String log(Pointer program) {
    LongByReference size = new LongByReference();
    if (api.nvrtcGetProgramLogSize(program, size) != 0 || size.getValue() <= 1) {
      return "";
    }
    Memory log = new Memory(size.getValue());
    return api.nvrtcGetProgramLog(program, log) == 0 ? log.getString(0, StandardCharsets.UTF_8.name()) : "";
  }

  private void check(String what, int result) {
    if (result != 0) {
      throw new UserException("NVRTC (" + file + ") cannot " + what + ": " + api.nvrtcGetErrorString(result) + ".");
    }
  }
}
