package dev.kasane.quant.checkpoint;

import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.WeightWriter;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.quant.QuantisationSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Writes a checkpoint with some of its tensors quantised, as bitsandbytes serialises them. */
public final class QuantisedFile {
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private QuantisedFile() {}

  /**
   * What was written.
   *
   * @param tensors how many tensors were quantised
   * @param quantisedParameters how many numbers they have
   * @param quantisedBytes what these numbers hold now, scales and constants included
   * @param parameters how many numbers all tensors have
   * @param bytes what all tensors hold now
   */
  public record Summary(int tensors, long quantisedParameters, long quantisedBytes, long parameters, long bytes) {
    /** Bytes for each number of the whole file. */
    public double bytesPerParameter() {
      return (double) bytes / parameters;
    }
  }

  /**
   * Writes a file. Memory holds one tensor at a time.
   *
   * @param source dense tensors
   * @param target the safetensors file to write or replace
   * @param settings how to quantise
   * @param chosen which tensors, by name
   * @param listener told the name of a tensor whenever it is quantised
   * @throws UserException when a tensor is not finite or too large, nothing is chosen, something is quantised
   *     already, or the file cannot be written
   */
  public static Summary write(TensorSource source, Path target, QuantisationSettings settings,
      Predicate<String> chosen, Consumer<String> listener) {
    refuseQuantised(source);
    List<TensorDeclaration> all = new ArrayList<>();
    Counter counter = new Counter();
    try (QuantisedTensors tensors = new QuantisedTensors(source, settings, listener)) {
      for (String name : source.names()) {
        boolean quantise = chosen.test(name);
        List<TensorDeclaration> parts =
            quantise ? tensors.declare(name) : List.of(WeightWriter.declare(source, name));
        counter.count(parts, source.shape(name).size(), quantise);
        all.addAll(parts);
      }
      if (counter.tensors == 0) {
        throw new UserException(source.location() + " has no weight of a linear layer that could be quantised: a"
            + " matrix named '….weight' that is no embedding, no output head and not skipped.");
      }
      SafetensorsWriter.write(target, all, METADATA);
    }
    return counter.summary();
  }

  private static void refuseQuantised(TensorSource source) {
    source.names().stream().filter(name -> BitsandbytesNames.isPart(name)
        || name.endsWith("." + BitsandbytesNames.SCB)).findFirst().ifPresent(name -> {
          throw new UserException(source.location() + " is quantised already: it has '" + name
              + "'. Start from the dense model.");
        });
  }

  private static final class Counter {
    private int tensors;
    private long quantisedParameters;
    private long quantisedBytes;
    private long parameters;
    private long bytes;

    void count(List<TensorDeclaration> parts, long numbers, boolean quantised) {
      long held = parts.stream().mapToLong(TensorDeclaration::byteLength).sum();
      parameters += numbers;
      bytes += held;
      if (quantised) {
        tensors++;
        quantisedParameters += numbers;
        quantisedBytes += held;
      }
    }

    Summary summary() {
      return new Summary(tensors, quantisedParameters, quantisedBytes, parameters, bytes);
    }
  }
}
