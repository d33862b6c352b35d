package dev.kasane.core.safetensors;

import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** The tensors with absolute offsets, in the order of their bytes. */
  Map<String, TensorEntry> place(Map<String, TensorDeclared> declared) {
    List<Map.Entry<String, TensorDeclared>> ordered = new ArrayList<>(declared.entrySet());
    Comparator<TensorDeclared> byOffset =
        Comparator.comparingLong(TensorDeclared::begin).thenComparingLong(TensorDeclared::end);
    ordered.sort(Map.Entry.comparingByValue(byOffset));
    Map<String, TensorEntry> placed = new LinkedHashMap<>();
    long position = 0;
    for (Map.Entry<String, TensorDeclared> tensor : ordered) {
      TensorDeclared span = tensor.getValue();
      checkFollows(tensor.getKey(), span, position);
      checkSize(tensor.getKey(), span);
      position = span.end();
      placed.put(tensor.getKey(), new TensorEntry(tensor.getKey(), span.dtype(), span.shape(),
          dataStart + span.begin(), dataStart + span.end()));
    }
    checkEnd(position);
    return Collections.unmodifiableMap(placed);
  }

  private void checkFollows(String name, TensorDeclared span, long position) {
    if (span.begin() > span.end()) {
      throw new FileFault(path, where(name, span) + ", which runs backwards; the header is damaged");
    }
    if (span.begin() < position) {
      throw new FileFault(path, where(name, span) + ", over the tensor before it, which ends at " + position
          + "; the header is damaged");
    }
    if (span.begin() > position) {
      throw new FileFault(path, where(name, span) + ", leaving bytes from " + position
          + " on that belong to no tensor; the header is damaged");
    }
    // An end past the file is reported by checkEnd, with all that is missing; here it must not overflow.
    if (span.end() > Long.MAX_VALUE - dataStart) {
      throw new FileFault(path, where(name, span) + ", past anything a file can hold; the header is"
          + " damaged");
    }
  }

  private static String where(String name, TensorDeclared span) {
    return "tensor " + VisibleText.quote(name) + " lies at data bytes " + span.begin() + " to " + span.end();
  }

  private static String what(String name, TensorDeclared span) {
    return "tensor " + VisibleText.quote(name) + " of " + span.dtype() + Arrays.toString(span.shape());
  }

  private void checkSize(String name, TensorDeclared span) {
    long needed = span.dtype().byteSize();
    try {
      for (long size : span.shape()) {
        needed = Math.multiplyExact(needed, size);
      }
    } catch (ArithmeticException overflow) {
      throw new FileFault(path, what(name, span) + " is larger than any file; the header is damaged",
          overflow);
    }
    if (needed != span.end() - span.begin()) {
      throw new FileFault(path, what(name, span) + " needs " + needed + " bytes but spans "
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
