package dev.kasane.app.gpu;

import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.Folders;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.PendingFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Takes what the lock names out of a wheel, and nothing else.
 *
 * @param root where the paths of the lock begin
 */
record WheelUnpacking(Path root) {
  private static final int PIECE = 1 << 20;

  /**
   * Unpacks.
   *
   * @param file the wheel's
   * @throws FileFault when it is no zip file, lacks an entry or has one of another size
   */
  void unpack(Wheel wheel, Path file, WheelSource.BytesListener progress) {
    try (ZipFile zip = new ZipFile(InputFile.require(file).toFile())) {
      for (Map.Entry<String, Long> locked : wheel.entries().entrySet()) {
        unpack(zip, file, locked.getKey(), locked.getValue(), progress);
      }
    } catch (ZipException e) {
      throw new FileFault(file, "is no sound zip file (" + e.getMessage() + "); fetch it again", e);
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be unpacked into " + FileFaults.withFinalNames(root.toString()), e);
    }
  }

  private void unpack(ZipFile zip, Path file, String name, long size, WheelSource.BytesListener progress)
      throws IOException {
    Path place = place(file, name);
    ZipEntry entry = zip.getEntry(name);
    if (entry == null || entry.isDirectory()) {
      throw new FileFault(file, "has no " + name + " in it, which is needed; fetch the wheel that is locked");
    }
    Folders.make(place.getParent());
    try (InputStream from = zip.getInputStream(entry); PendingFile pending = PendingFile.beside(place)) {
      long left = size;
      byte[] piece = new byte[PIECE];
      for (int count = from.read(piece); count >= 0 && left >= 0; count = from.read(piece)) {
        left -= count;
        if (left >= 0) {
          pending.write(ByteBuffer.wrap(piece, 0, count));
          progress.add(count);
        }
      }
      if (left != 0) {
        throw new FileFault(file, name + " in it has not the " + size + " bytes that are locked");
      }
      pending.replaceTarget();
    }
    closeToOthers(place);
  }

  /** The place of an entry, which must not lead out of the root, whoever wrote the lock. */
  private Path place(Path file, String name) {
    Path place = root.resolve(name).normalize();
    if (!place.startsWith(root) || place.equals(root) || name.contains("\\")) {
      throw new FileFault(file, "the entry " + name + " would lead out of the folder that is unpacked into");
    }
    return place;
  }

  /** Whatever new files of the user's are open to, code is not. */
  private void closeToOthers(Path place) throws IOException {
    if (Files.getFileStore(root).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rw-r--r--"));
      for (Path folder = place.getParent(); folder.startsWith(root); folder = folder.getParent()) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }
}
