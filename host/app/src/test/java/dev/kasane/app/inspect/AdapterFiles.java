package dev.kasane.app.inspect;

import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

/** Writes small files with any keys. */
public final class AdapterFiles {
  private AdapterFiles() {}

  /**
   * Writes zeros.
   *
   * @param tensors each as {@code key 4,768}; a key alone is a scalar
   */
  public static Path write(Path file, Map<String, String> metadata, String... tensors) throws IOException {
    return write(file, DType.F16, metadata, () -> 0, tensors);
  }

  /** Writes numbers between 0 and 1 in float32, the same each time. */
  public static Path writeRandom(Path file, String... tensors) throws IOException {
    Random random = new Random(7);
    return write(file, DType.F32, Map.of(), random::nextFloat, tensors);
  }

  private interface Numbers {
    float next();
  }

  private static Path write(Path file, DType type, Map<String, String> metadata, Numbers numbers, String... tensors)
      throws IOException {
    List<TensorDeclaration> declared = new ArrayList<>();
    for (String tensor : tensors) {
      String[] parts = tensor.split(" ");
      long[] shape = parts.length == 1 ? new long[0]
          : Arrays.stream(parts[1].split(",")).mapToLong(Long::parseLong).toArray();
      int count = (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = numbers.next();
      }
      declared.add(TensorDeclaration.ofFloats(parts[0], type, shape, values));
    }
    SafetensorsWriter.write(file, declared, metadata);
    return file;
  }
}
