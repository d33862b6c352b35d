package dev.kasane.quant.cuda;

import dev.kasane.core.UserException;
import dev.kasane.core.files.Digests;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.Folders;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.PendingFile;
import dev.kasane.core.natives.OwnFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Compiles kernel files for one kind of GPU and keeps the programs on disk. */
public final class KernelCompiler {
  private final Nvrtc nvrtc;
  private final String architecture;
  private final String driverVersion;
  private final Path cache;

  /**
   * @param nvrtc the compiler
   * @param architecture such as {@code sm_90}
   * @param driverVersion a program is compiled anew for another driver
   * @param cache folder for programs
   */
  KernelCompiler(Nvrtc nvrtc, String architecture, String driverVersion, Path cache) {
    this.nvrtc = nvrtc;
    this.architecture = architecture;
    this.driverVersion = driverVersion;
    this.cache = cache;
  }

  /**
   * The program of a kernel file, from the cache or compiled now, which takes about a second.
   *
   * @throws UserException when it does not compile or the cache cannot be written
   */
  byte[] program(KernelFile file) {
    String source = file.source();
    Path kept = cache.resolve(architecture + "-" + key(source) + ".cubin");
    try {
      OwnFiles.fault(kept).ifPresent(fault -> {
        throw new UserException("Compiled kernels in " + cache + " cannot be trusted: " + fault
            + ". Make the folder your own alone (chown, chmod go-w).");
      });
      if (Files.isRegularFile(kept)) {
        return InputFile.allBytes(kept);
      }
      byte[] program = nvrtc.compile(file.fileName(), source, architecture);
      Folders.make(cache);
      PendingFile.replace(kept, program);
      return program;
    } catch (IOException e) {
      throw new UserException("Compiled kernels cannot be kept in " + cache + ": " + FileFaults.reason(e)
          + ". Make the folder writable or free some space.", e);
    }
  }

  private String key(String source) {
    MessageDigest digest = Digests.sha256();
    for (String part : new String[] {source, architecture, nvrtc.version(), driverVersion}) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }
}
