package dev.kasane.app.inspect;

import dev.kasane.core.files.FileFault;
import dev.kasane.core.pickle.TorchCheckpoint;
import dev.kasane.core.pickle.values.PickledTensor;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.TensorEntry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Looks for values that are no finite numbers, which is how a training that diverged shows. All bytes are
 * visited, window by window; nothing is copied.
 */
final class ValueScan {
  private static final long WINDOW_BYTES = 16 << 20;

  private ValueScan() {}

  /**
   * The tensors of a file that hold a NaN or an infinity, as {@code name (count)}.
   *
   * @throws FileFault when the file cannot be read to its end
   */
  static List<String> notFinite(Path file, String container) {
    return container.equals(TensorListing.PICKLE) ? ofPickle(file) : ofSafetensors(file);
  }

  private static List<String> ofSafetensors(Path path) {
    List<String> found = new ArrayList<>();
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      for (TensorEntry entry : file.tensors().values()) {
        long count = 0;
        for (long at = 0; entry.dtype().isFloatingPoint() && at < entry.byteLength(); at += WINDOW_BYTES) {
          long length = Math.min(WINDOW_BYTES, entry.byteLength() - at);
          count += count(file.map(entry.name(), at, length), entry.dtype());
        }
        note(entry.name(), count, found);
      }
    }
    return found;
  }

  private static List<String> ofPickle(Path path) {
    List<String> found = new ArrayList<>();
    try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
      for (Map.Entry<String, PickledTensor> entry : PickleListing.of(file).entrySet()) {
        DType dtype = entry.getValue().dtype();
        note(entry.getKey(), dtype.isFloatingPoint() ? count(file.map(entry.getValue()), dtype) : 0, found);
      }
    }
    return found;
  }

  private static void note(String name, long count, List<String> found) {
    if (count > 0) {
      found.add(name + " (" + count + ")");
    }
  }

  /** All bits of the exponent are set in NaN and in the infinities; E4M3 has a NaN only. */
  private static long count(ByteBuffer window, DType dtype) {
    ByteBuffer bytes = window.order(ByteOrder.LITTLE_ENDIAN);
    return switch (dtype) {
      case F64 -> wide(bytes);
      case F32 -> single(bytes);
      case F16 -> half(bytes, 0x7c00);
      case BF16 -> half(bytes, 0x7f80);
      case F8_E4M3 -> bytes(bytes, 0x7f);
      case F8_E5M2 -> bytes(bytes, 0x7c);
      default -> 0;
    };
  }

  private static long wide(ByteBuffer bytes) {
    long exponent = 0x7ff0L << 48;
    long count = 0;
    for (int at = 0; at < bytes.limit(); at += Double.BYTES) {
      count += (bytes.getLong(at) & exponent) == exponent ? 1 : 0;
    }
    return count;
  }

  private static long single(ByteBuffer bytes) {
    int exponent = 0x7f80_0000;
    long count = 0;
    for (int at = 0; at < bytes.limit(); at += Float.BYTES) {
      count += (bytes.getInt(at) & exponent) == exponent ? 1 : 0;
    }
    return count;
  }

  private static long half(ByteBuffer bytes, int exponent) {
    long count = 0;
    for (int at = 0; at < bytes.limit(); at += Short.BYTES) {
      count += (bytes.getShort(at) & exponent) == exponent ? 1 : 0;
    }
    return count;
  }

  private static long bytes(ByteBuffer bytes, int exponent) {
    long count = 0;
    for (int at = 0; at < bytes.limit(); at++) {
      count += (bytes.get(at) & exponent) == exponent ? 1 : 0;
    }
    return count;
  }
}
