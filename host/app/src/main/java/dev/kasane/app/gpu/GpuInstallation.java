package dev.kasane.app.gpu;

import dev.kasane.app.terminal.Progress;
import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileTree;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.core.natives.NativeLibraries;
import dev.kasane.core.tensor.GpuLibraries;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * libtorch for CUDA in a folder of the user's: there as a whole, or not at all.
 *
 * @param lock what is to be installed
 * @param folder takes the installation
 * @param wheels an existing folder of the user's own, which takes what is fetched until all is there
 */
record GpuInstallation(GpuLock lock, Path folder, Path wheels, Space space) {
  private static final String WHEELS = GpuLibraries.ENGINE + "-wheels";
  private static final String LOCK = ".lock";
  private static final double GIB = 1L << 30;

  /** Room on a disk. */
  interface Space {
    /** Bytes that this user may still write where a folder is. */
    long free(Path folder) throws IOException;
  }

  /**
   * The one of this user on this machine.
   *
   * @throws UserException where there can be none
   */
  static GpuInstallation ofThisUser() {
    GpuLock lock = GpuLock.forThisMachine();
    return new GpuInstallation(lock, NativeLibraries.lastingFolder(GpuLibraries.ENGINE),
        NativeLibraries.lastingFolder(WHEELS), path -> Files.getFileStore(path).getUsableSpace());
  }

  /**
   * What is there already and whole, and of the version that is locked.
   *
   * @param own whether what lies in Python's folders does not count
   */
  Optional<GpuLibraries> current(boolean own) {
    return GpuLibraries.in(folder).filter(found -> found.version().equals(lock.libtorch()) && found.fault().isEmpty())
        .filter(found -> !own || found.root().equals(folder));
  }

  /**
   * Installs from wheels.
   *
   * @throws UserException when something is missing, exchanged or does not fit onto the disk; nothing has changed then
   */
  GpuLibraries install(WheelSource source) {
    return alone(() -> {
      WheelSource.Prepared prepared = source.prepare(lock.wheels());
      requireSpace(prepared.missing());
      Map<Wheel, Path> files = new LinkedHashMap<>();
      follow(source.task(), lock.size(), prepared.before(), progress ->
          lock.wheels().forEach(wheel -> files.put(wheel, source.fetch(wheel, progress))));
      try (PendingFolder pending = PendingFolder.beside(folder)) {
        WheelUnpacking unpacking = new WheelUnpacking(pending.path());
        follow("Unpacking", lock.unpackedSize(), 0, progress ->
            files.forEach((wheel, file) -> unpacking.unpack(wheel, file, progress)));
        return finish(pending, new GpuLibraries(lock.libtorch(), lock.cuda(), lock.capabilities(), pending.path(),
            lock.files()));
      }
    });
  }

  /**
   * Has this program use what Python has.
   *
   * @throws UserException when that does not fit, or others could have put code there; nothing has changed then
   */
  GpuLibraries use(PythonTorch torch) {
    if (!torch.fits(lock)) {
      throw new UserException(torch + " cannot be used: torch " + lock.libtorch() + " for CUDA "
          + lock.cuda() + ", or one of the same series, is needed. «gpu install» fetches one.");
    }
    return alone(() -> {
      GpuLibraries libraries = torch.libraries(lock);
      libraries.fault().ifPresent(fault -> {
        throw new UserException(torch + " cannot be used: " + fault + ". «gpu install» fetches another.");
      });
      try (PendingFolder pending = PendingFolder.beside(folder)) {
        return finish(pending, libraries);
      }
    });
  }

  private GpuLibraries finish(PendingFolder pending, GpuLibraries libraries) throws IOException {
    libraries.write(pending.path());
    pending.replaceTarget(old -> true);
    return GpuLibraries.in(folder).orElseThrow();
  }

  private void requireSpace(long toFetch) throws IOException {
    long needed = toFetch + lock.unpackedSize();
    long free = space.free(wheels);
    if (free < needed) {
      throw new UserException(String.format(Locale.ROOT, "There is too little room in %s: %.1f GiB are needed to"
          + " install the libraries, %.1f GiB of them for good, and %.1f GiB are free. Free some, or set DJL_CACHE_DIR"
          + " to a folder of your own on another disk; nothing was installed.",
          wheels.getParent(), needed / GIB, lock.unpackedSize() / GIB, free / GIB));
    }
  }

  /**
   * Removes what is installed and what was fetched for it.
   *
   * @return bytes that are free now
   */
  static long remove() {
    long size = 0;
    for (String engine : new String[] {GpuLibraries.ENGINE, WHEELS}) {
      Path folder = NativeLibraries.folder(engine);
      try {
        size += FileTree.size(folder);
        FileTree.remove(folder);
      } catch (IOException e) {
        throw FileFault.of(folder, "cannot be removed", e);
      }
    }
    return size;
  }

  /** Work on the disk. */
  private interface Work {
    GpuLibraries run() throws IOException;
  }

  /** Works while no other process does, and lets go of the wheels when all went well. */
  private GpuLibraries alone(Work work) {
    try (FileChannel channel = FileChannel.open(wheels.resolve(LOCK), StandardOpenOption.CREATE,
        StandardOpenOption.WRITE); FileLock alone = channel.tryLock()) {
      if (alone == null) {
        throw installing();
      }
      GpuLibraries done = work.run();
      FileTree.remove(wheels);
      return done;
    } catch (OverlappingFileLockException e) {
      throw installing();
    } catch (IOException e) {
      throw FileFault.of(folder, "cannot be installed", e);
    }
  }

  private static UserException installing() {
    return new UserException("Another process is installing libtorch for CUDA. Wait until it is done.");
  }

  /** Work that tells of bytes. */
  private interface Counted {
    void run(WheelSource.BytesListener progress);
  }

  private static void follow(String task, long bytes, long before, Counted work) {
    try (Progress bar = Progress.start(task, "MiB", bytes >> 20, before >> 20)) {
      work.run(new WheelSource.BytesListener() {
        private long done = before;

        @Override
        public void add(long more) {
          done += more;
          bar.stepTo(done >> 20);
        }
      });
    }
  }
}
