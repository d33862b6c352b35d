package dev.kasane.app.inspect;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.VisibleText;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.pickle.TorchCheckpoint;
import dev.kasane.core.pickle.values.PickledTensor;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.TensorEntry;
import dev.kasane.core.spi.AdapterModule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a file holds: names, types and shapes, but no values except single numbers.
 *
 * @param container {@code safetensors} or {@code pickle}
 * @param tensors by name, in the file's order
 * @param metadata the file's own metadata, of several parts the first's; a pickle has none
 * @param foreignMetadata names of the metadata that are no text, against the format
 * @param alphas the single numbers whose keys end in {@code alpha}
 */
public record TensorListing(
    String container, Map<String, StoredTensor> tensors, Map<String, String> metadata,
    Set<String> foreignMetadata, Map<String, Double> alphas) {
  static final String SAFETENSORS = "safetensors";
  static final String PICKLE = "pickle";

  private static final int HEADER_LENGTH_BYTES = 8;
  private static final Pattern PICKLE_NAME = Pattern.compile(".*\\.(?:ckpt|pt|pth|bin)");

  /**
   * Lists a file, told by its content, or all parts of one whose index is named; its name counts only where the
   * content says nothing.
   *
   * @throws FileFault when it is missing, damaged or neither safetensors nor a PyTorch checkpoint; the
   *     message names the file and says which
   * @throws dev.kasane.core.UserException when an index is none, or a part that it names is missing
   */
  public static TensorListing read(Path file) {
    if (!TensorSources.isIndex(file)) {
      return isPickle(file) ? pickle(file) : safetensors(file);
    }
    List<TensorListing> parts = new ArrayList<>();
    for (Path part : TensorSources.parts(file)) {
      parts.add(isPickle(part) ? pickle(part) : safetensors(part));
    }
    return joined(parts);
  }

  private static TensorListing joined(List<TensorListing> parts) {
    TensorListing first = parts.get(0);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    Map<String, Double> alphas = new LinkedHashMap<>();
    Set<String> foreign = new LinkedHashSet<>();
    parts.forEach(part -> {
      tensors.putAll(part.tensors);
      alphas.putAll(part.alphas);
      foreign.addAll(part.foreignMetadata);
    });
    return new TensorListing(first.container, tensors, first.metadata, foreign, alphas);
  }

  private static boolean isPickle(Path file) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    byte[] head;
    try (InputStream in = InputFile.stream(file)) {
      head = in.readNBytes(HEADER_LENGTH_BYTES + 1);
    } catch (IOException e) {
      throw FileFault.of(file, "cannot be read", e);
    }
    // A safetensors header of 640 bytes begins like a pickle; the brace after its length decides.
    boolean safetensors = head.length > HEADER_LENGTH_BYTES && head[HEADER_LENGTH_BYTES] == '{';
    boolean zip = head.length > 1 && head[0] == 'P' && head[1] == 'K';
    boolean protocol = head.length > 1 && (head[0] & 0xff) == 0x80 && head[1] >= 1 && head[1] <= 5;
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return !safetensors && (zip || protocol || PICKLE_NAME.matcher(name).matches());
  }

  private static TensorListing safetensors(Path path) {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      Map<String, Double> alphas = new LinkedHashMap<>();
      for (TensorEntry entry : file.tensors().values()) {
        StoredTensor tensor = new StoredTensor(entry.name(), entry.dtype(), new Shape(entry.shape()));
        tensors.put(entry.name(), tensor);
        if (isAlpha(tensor)) {
          alphas.put(entry.name(), (double) file.readFloats(entry.name())[0]);
        }
      }
      return new TensorListing(SAFETENSORS, tensors, file.metadata(), file.foreignMetadata(), alphas);
    }
  }

  private static TensorListing pickle(Path path) {
    try (TorchCheckpoint file = TorchCheckpoint.open(path)) {
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      Map<String, Double> alphas = new LinkedHashMap<>();
      for (Map.Entry<String, PickledTensor> entry : PickleListing.of(file).entrySet()) {
        PickledTensor value = entry.getValue();
        StoredTensor tensor = new StoredTensor(entry.getKey(), value.dtype(), new Shape(value.shape()));
        tensors.put(tensor.name(), tensor);
        if (isAlpha(tensor)) {
          alphas.put(tensor.name(), (double) file.readFloats(value)[0]);
        }
      }
      return new TensorListing(PICKLE, tensors, Map.of(), Set.of(), alphas);
    }
  }

  /** Shapes by name, in the file's order. */
  public Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }

  /** A clause about metadata that are no text, which harm no tensor. */
  public Optional<String> metadataFault() {
    return foreignMetadata.isEmpty() ? Optional.empty() : Optional.of(foreignMetadata.size()
        + " of the metadata are no text, against the format, and are read as the JSON that they are: "
        + Integrity.shown(foreignMetadata.stream().map(VisibleText::shortened).toList()));
  }

  private static boolean isAlpha(StoredTensor tensor) {
    return tensor.name().endsWith(AdapterModule.ALPHA) && tensor.isNumber();
  }
}
