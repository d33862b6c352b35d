package dev.kasane.core.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsException;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.TensorEntry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
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
   * @throws UserException when it is missing, truncated or no safetensors file
   */
  public static SafetensorsSource open(Path path) {
    try {
      return new SafetensorsSource(SafetensorsFile.open(path));
    } catch (SafetensorsException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  /** The text pairs that the file carries beside its tensors. */
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
    try {
      return entry.byteLength() <= Integer.MAX_VALUE
          ? window(entry, 0, entry.shape(), owner)
          : concatenated(entry, owner);
    } catch (SafetensorsException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  private NDArray window(TensorEntry entry, long offset, long[] shape, NDManager owner)
      throws SafetensorsException {
    DType dtype = entry.dtype();
    long length = Arrays.stream(shape).reduce(dtype.byteSize(), (a, b) -> a * b);
    ByteBuffer bytes = file.map(entry.name(), offset, length);
    boolean aligned = (entry.begin() + offset) % dtype.byteSize() == 0;
    return MappedTensors.of(bytes, dtype, new Shape(shape), aligned, file.path().toString(), owner);
  }

  /** One buffer holds less than 2 GiB: a larger tensor is put together from runs of its rows. */
  private NDArray concatenated(TensorEntry entry, NDManager owner) throws SafetensorsException {
    long[] shape = entry.shape();
    long rowBytes = entry.byteLength() / shape[0];
    if (rowBytes > Integer.MAX_VALUE) {
      throw new SafetensorsException(file.path(), "tensor '" + entry.name() + "' of shape " + Arrays.toString(shape)
          + " has rows of more than 2 GiB, which cannot be read");
    }
    long rows = Integer.MAX_VALUE / rowBytes;
    try (NDManager scratch = owner.newSubManager()) {
      NDList parts = new NDList();
      for (long first = 0; first < shape[0]; first += rows) {
        long[] part = shape.clone();
        part[0] = Math.min(rows, shape[0] - first);
        parts.add(window(entry, first * rowBytes, part, scratch));
      }
      return TensorTransform.concatenate(parts, owner);
    }
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
    TensorEntry entry = file.tensors().get(name);
    if (entry == null) {
      throw new UserException(location() + " has no tensor '" + name + "' among its " + names().size() + ".");
    }
    return entry;
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (SafetensorsException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
