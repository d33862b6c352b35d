package dev.kasane.app.inspect;

import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says what a file is without starting an engine. */
public final class Inspector {
  private final List<AdapterFormat> formats;
  private final List<AdapterMethod> methods;

  /**
   * @param formats the formats to ask
   * @param methods the methods to ask
   */
  public Inspector(List<AdapterFormat> formats, List<AdapterMethod> methods) {
    this.formats = List.copyOf(formats);
    this.methods = List.copyOf(methods);
  }

  /**
   * Inspects a file, or the weights in a folder, to the depth that its size allows.
   *
   * @throws UserException when there is no such file
   * @throws IOException when it cannot be read at all
   */
  public FileInspection inspect(Path named) throws IOException {
    return inspect(named, Depth.BY_SIZE);
  }

  /**
   * Inspects a file, or the weights in a folder.
   *
   * @param named the file or folder
   * @param depth what is read beside the header
   * @return what it is; a damaged file has {@link FileInspection#problems}
   * @throws UserException when there is no such file
   * @throws IOException when it cannot be read at all
   */
  public FileInspection inspect(Path named, Depth depth) throws IOException {
    Path file = new AdapterFolder(formats).weights(named);
    List<Path> parts = TensorSources.isIndex(file) ? TensorSources.parts(file) : List.of(file);
    long bytes = 0;
    for (Path part : parts) {
      bytes += Files.size(part);
    }
    FileInspection found;
    try {
      TensorListing listing = TensorListing.read(file);
      found = new Description(bytes, new AdapterContents(named, file, listing, formats, methods)).describe();
    } catch (FileFault damaged) {
      if (!Files.isReadable(file)) {
        throw damaged;
      }
      found = FileInspection.unreadable(file.toString(), bytes, damaged.getMessage());
    }
    return readWhole(parts, found, depth);
  }

  private FileInspection readWhole(List<Path> parts, FileInspection found, Depth depth) {
    List<String> problems = new ArrayList<>(found.problems());
    List<String> notes = new ArrayList<>(found.notes());
    boolean readable = !found.tensors().container().equals(FileInspection.UNKNOWN);
    boolean values = readable && depth.values(found.bytes());
    if (values) {
      checkValues(parts, found, problems);
    }
    // Sites know files by their hashes, and several parts are no file.
    Map<String, String> hashes = depth.hashes(found.bytes()) && parts.size() == 1
        ? hashes(parts.get(0)) : Map.of();
    noteStaleHashes(found.told().metadata(), hashes, notes);
    return found.with(hashes, values, List.copyOf(notes), List.copyOf(problems));
  }

  private static void checkValues(List<Path> parts, FileInspection found, List<String> problems) {
    try {
      List<String> broken = new ArrayList<>();
      for (Path part : parts) {
        broken.addAll(ValueScan.notFinite(part, found.tensors().container()));
      }
      if (!broken.isEmpty()) {
        problems.add(broken.size() + " tensors hold values that are no finite numbers (how many of them); the"
            + " training diverged or the file is damaged: " + Integrity.shown(broken));
      }
    } catch (FileFault damaged) {
      problems.add(damaged.getMessage());
    }
  }

  private Map<String, String> hashes(Path file) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (AdapterFormat format : formats) {
      hashes.putAll(format.hashes(file));
    }
    return hashes;
  }

  /** Many tools carry the metadata of a file along when they change its weights; that does no harm. */
  private static void noteStaleHashes(Map<String, String> metadata, Map<String, String> hashes, List<String> notes) {
    hashes.forEach((name, real) -> {
      String stated = metadata.getOrDefault(name, "");
      // LyCORIS counts its tensors in another order and marks that by the prefix.
      if (stated.matches("[0-9a-f]{64}") && !stated.equals(real)) {
        notes.add("the weights were changed since " + name + " was written into the metadata");
      }
    });
  }
}
