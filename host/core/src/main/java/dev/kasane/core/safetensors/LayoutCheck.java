package dev.kasane.core.safetensors;

import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Checks that the declared tensors tile the data of a file exactly, from its first byte to its last. */
final class LayoutCheck {
  private final Path path;
  private final long dataStart;
  private final long dataLength;

  LayoutCheck(Path path, long dataStart, long dataLength) {
    this.path = path;
    this.dataStart = dataStart;
    this.dataLength = dataLength;
  }

  /**
   * The tensors by name in the order of their bytes, counted from the start of the file.
   *
   * @param declared with bytes counted from the end of the header
   */
  Map<String, TensorEntry> place(Collection<TensorEntry> declared) {
    Map<String, TensorEntry> placed = new LinkedHashMap<>();
    long position = 0;
    for (TensorEntry tensor : declared.stream()
        .sorted(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end)).toList()) {
      checkFollows(tensor, position);
      checkSize(tensor);
      position = tensor.end();
      placed.put(tensor.name(), new TensorEntry(tensor.name(), tensor.dtype(), tensor.shape(),
          dataStart + tensor.begin(), dataStart + tensor.end()));
    }
    checkEnd(position);
    return Collections.unmodifiableMap(placed);
  }

  private void checkFollows(TensorEntry span, long position) {
    if (span.begin() > span.end()) {
      throw new FileFault(path, where(span) + ", which runs backwards; the header is damaged");
    }
    if (span.begin() < position) {
      throw new FileFault(path, where(span) + ", over the tensor before it, which ends at " + position
          + "; the header is damaged");
    }
    if (span.begin() > position) {
      throw new FileFault(path, where(span) + ", leaving bytes from " + position
          + " on that belong to no tensor; the header is damaged");
    }
    // An end past the file is reported by checkEnd, with all that is missing; here it must not overflow.
    if (span.end() > Long.MAX_VALUE - dataStart) {
      throw new FileFault(path, where(span) + ", past anything a file can hold; the header is"
          + " damaged");
    }
  }

  private static String where(TensorEntry span) {
    return "tensor " + VisibleText.quote(span.name()) + " lies at data bytes " + span.begin() + " to " + span.end();
  }

  private static String what(TensorEntry span) {
    return "tensor " + VisibleText.quote(span.name()) + " of " + span.dtype() + Arrays.toString(span.shape());
  }

  private void checkSize(TensorEntry span) {
    long needed = span.dtype().byteSize();
    try {
      for (long size : span.shape()) {
        needed = Math.multiplyExact(needed, size);
      }
    } catch (ArithmeticException overflow) {
      throw new FileFault(path, what(span) + " is larger than any file; the header is damaged",
          overflow);
    }
    if (needed != span.end() - span.begin()) {
      throw new FileFault(path, what(span) + " needs " + needed + " bytes but spans "
          + (span.end() - span.begin()) + "; the header is damaged");
    }
  }

  private void checkEnd(long end) {
    if (end > dataLength) {
      throw new FileFault(path, "declares " + end + " bytes of tensors but holds " + dataLength
          + "; the download is incomplete, fetch it again");
    }
    if (end < dataLength) {
      throw new FileFault(path, "holds " + dataLength + " bytes after its header but declares"
          + " tensors for " + end + " only; the file is damaged");
    }
  }
}
