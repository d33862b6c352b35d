package dev.kasane.core.safetensors;

import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes safetensors files as the reference implementation does, byte for byte: tensors ordered by type,
 * widest first, then by name; header padded to eight bytes. Metadata keys are sorted, where the reference
 * leaves their order to chance, so that equal content gives equal files.
 */
public final class SafetensorsWriter {
  private static final Comparator<TensorDeclaration> FILE_ORDER =
      Comparator.comparing(TensorDeclaration::dtype).thenComparing(
          tensor -> tensor.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private SafetensorsWriter() {}

  /**
   * Writes one file. Each tensor is asked for its bytes in turn, so memory holds one tensor at a time. The
   * bytes go to a temporary file beside the target, are forced to disk and then take the target's place in
   * one step: whatever fails, an existing target stays as it was and no half-written file is left.
   *
   * @param target file to write or replace; a symbolic link is followed. Its folder must exist.
   * @param tensors in any order, with different names
   * @param metadata text pairs for {@code __metadata__}; left out where empty
   * @throws FileFault if the file cannot be written (folder missing, no permission, disk full) or
   *     the tensors cannot form a file (repeated name, a source that gives too few or too many bytes)
   */
  public static void write(Path target, Collection<TensorDeclaration> tensors, Map<String, String> metadata) {
    checkNames(target, tensors, metadata);
    List<TensorDeclaration> ordered = inFileOrder(tensors);
    try (PendingFile pending = PendingFile.beside(target)) {
      byte[] header = HeaderWriter.encode(ordered, new TreeMap<>(metadata));
      if (header.length > HeaderReader.MAX_HEADER_BYTES) {
        throw new FileFault(target, "cannot be written: its header would have " + header.length
            + " bytes, above the format's limit of " + HeaderReader.MAX_HEADER_BYTES);
      }
      pending.write(ByteBuffer.allocate(HeaderReader.PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN)
          .putLong(header.length).flip());
      pending.write(ByteBuffer.wrap(header));
      for (TensorDeclaration tensor : ordered) {
        new TensorChannel(target, pending::write, tensor).fill();
      }
      pending.replaceTarget();
    } catch (IOException failure) {
      throw new FileFault(target, "could not be written: " + FileFaults.reason(failure)
          + "; nothing was changed", failure);
    }
  }

  /**
   * How long the header of a file would be that {@link #write} makes, in bytes, without the eight of its
   * length.
   *
   * @throws IOException if the names cannot be written as JSON
   */
  public static int headerLength(Collection<TensorDeclaration> tensors, Map<String, String> metadata)
      throws IOException {
    return HeaderWriter.encode(inFileOrder(tensors), new TreeMap<>(metadata)).length;
  }

  /** The tensors in the order in which their bytes follow one another. */
  static List<TensorDeclaration> inFileOrder(Collection<TensorDeclaration> tensors) {
    List<TensorDeclaration> ordered = new ArrayList<>(tensors);
    ordered.sort(FILE_ORDER);
    return ordered;
  }

  private static void checkNames(Path target, Collection<TensorDeclaration> tensors,
      Map<String, String> metadata) {
    Set<String> names = new HashSet<>();
    for (TensorDeclaration tensor : tensors) {
      checkText(target, tensor.name());
      if (tensor.name().equals(HeaderParser.METADATA_KEY)) {
        throw new FileFault(target, "cannot hold a tensor named '__metadata__', which the format"
            + " keeps for text; rename the tensor");
      }
      if (!names.add(tensor.name())) {
        throw new FileFault(target, "cannot hold two tensors named "
            + VisibleText.quote(tensor.name()));
      }
    }
    for (Map.Entry<String, String> pair : metadata.entrySet()) {
      checkText(target, pair.getKey());
      checkText(target, pair.getValue());
    }
  }

  private static void checkText(Path target, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new FileFault(target, "cannot hold " + VisibleText.quote(text)
          + ": half a character (a lone surrogate) has no UTF-8 form");
    }
  }
}
