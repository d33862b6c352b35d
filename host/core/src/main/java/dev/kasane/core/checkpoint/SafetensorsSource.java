package dev.kasane.core.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.TensorEntry;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The tensors of one safetensors file, mapped into memory. */
public final class SafetensorsSource implements TensorSource {
  private final SafetensorsFile file;

  private SafetensorsSource(SafetensorsFile file) {
    this.file = file;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws dev.kasane.core.files.FileFault when it is missing, truncated or no safetensors file
   */
  public static SafetensorsSource open(Path path) {
    return new SafetensorsSource(SafetensorsFile.open(path));
  }

  /** The text pairs that the file carries beside its tensors. */
  @Override
  public Map<String, String> metadata() {
    return file.metadata();
  }

  @Override
  public Set<String> names() {
    return file.tensors().keySet();
  }

  @Override
  public Shape shape(String name) {
    return new Shape(entry(name).shape());
  }

  @Override
  public DType dtype(String name) {
    return entry(name).dtype();
  }

  @Override
  public NDArray read(String name, NDManager owner) {
    TensorEntry entry = entry(name);
    return new MappedTensors(file.path(), name, entry.dtype(),
        (offset, length) -> file.map(name, offset, length)).read(entry.shape(), owner);
  }

  @Override
  public String origin(String name) {
    entry(name);
    return location();
  }

  @Override
  public String location() {
    return file.path().toString();
  }

  private TensorEntry entry(String name) {
    return find(file.tensors(), name);
  }

  @Override
  public void close() {
    file.close();
  }
}
