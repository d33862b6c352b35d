package dev.kasane.core.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.HostMemory;
import dev.kasane.core.tensor.Ops;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Saves the tensors of any source as a safetensors file, converting them one by one. */
public final class WeightWriter {
  // Libraries of the community refuse weights whose file does not say which framework's layout it has.
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private WeightWriter() {}

  /**
   * Writes a file; an existing one is replaced when everything has been written.
   *
   * @param file where to
   * @param source what
   * @param precision the stored type of floating-point tensors; others keep theirs
   * @throws UserException when it cannot be written
   */
  public static void write(Path file, TensorSource source, ElementType precision) {
    List<TensorDeclaration> tensors = source.names().stream()
        .map(name -> declaration(source, name, precision)).toList();
    SafetensorsWriter.write(file, tensors, METADATA);
  }

  /** A tensor of a source in its own type; the 8-bit floats, which are widened on the way, excepted. */
  public static TensorDeclaration declare(TensorSource source, String name) {
    DType stored = source.dtype(name);
    boolean widened = stored == DType.F8_E4M3 || stored == DType.F8_E5M2;
    return new TensorDeclaration(name, widened ? DType.F32 : stored, source.shape(name).getShape(),
        channel -> write(source, name, null, channel));
  }

  private static TensorDeclaration declaration(TensorSource source, String name, ElementType precision) {
    DType stored = source.dtype(name);
    boolean converted = stored.isFloatingPoint();
    return new TensorDeclaration(name, converted ? precision.stored() : stored,
        source.shape(name).getShape(), channel -> write(source, name, converted ? precision : null, channel));
  }

  private static void write(TensorSource source, String name, ElementType precision,
      WritableByteChannel channel) throws IOException {
    try (NDManager scratch = Engines.newManager()) {
      NDArray value = TensorTransform.contiguous(Ops.placed(scratch, source.read(name, scratch)), scratch);
      NDArray converted = precision == null ? value : OPS.cast(value, precision.dataType());
      writeRows(converted, channel);
    }
  }

  /**
   * Writes a tensor's bytes. One buffer holds less than 2 GiB: a larger tensor goes in runs of its rows.
   *
   * @param value a contiguous tensor on the CPU
   * @param channel takes all of them
   * @throws IOException when the channel does not
   */
  public static void writeRows(NDArray value, WritableByteChannel channel) throws IOException {
    long elements = value.getShape().size();
    long mostElements = Integer.MAX_VALUE / Long.BYTES;
    if (elements <= mostElements) {
      if (elements > 0) {
        channel.write(HostMemory.of(value));
      }
      return;
    }
    long rows = value.getShape().get(0);
    long atOnce = Math.max(1, mostElements / (elements / rows));
    for (long first = 0; first < rows; first += atOnce) {
      try (NDArray some = TensorTransform.rows(value, first, Math.min(atOnce, rows - first))) {
        channel.write(HostMemory.of(some));
      }
    }
  }
}
