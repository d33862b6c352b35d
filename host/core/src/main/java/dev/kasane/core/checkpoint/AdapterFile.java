package dev.kasane.core.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An adapter file as the formats see it: named tensors, single numbers and texts, whether it is safetensors
 * or a pickle ({@code .pt}, {@code .bin}, {@code .ckpt}), which is read without running anything, or the index of one
 * in several parts.
 *
 * <p>What is read is a copy that outlives the file, and it is checked: a tensor with a value that is no
 * finite number is an error that names it.
 */
public final class AdapterFile implements AutoCloseable {
  /** What to do about empty and flat tensors: a process that holds a part of every weight saves these. */
  public static final String SHARD_ADVICE = "DeepSpeed's ZeRO-3 saved a shard; save the adapter again with the weights"
      + " gathered (stage3_gather_16bit_weights_on_model_save, or zero_to_fp32.py)";
  private final Path path;
  private final TensorSource source;

  private AdapterFile(Path path, TensorSource source) {
    this.path = path;
    this.source = source;
  }

  /**
   * Opens a file, or the index of one in several parts.
   *
   * @throws FileFault when it or a part of it is missing, damaged or of another kind, or a tensor is empty; the
   *     message names it and says which
   */
  public static AdapterFile open(Path path) {
    if (!Files.exists(path)) {
      throw new FileFault(path, "there is no such adapter file");
    }
    AdapterFile file = new AdapterFile(path, TensorSources.isIndex(path)
        ? ShardedSource.open(path, AdapterFile::openPart) : openPart(path));
    file.requireValues();
    return file;
  }

  private static TensorSource openPart(Path path) {
    return TensorSources.isPickle(path) ? PickleSource.openAny(path) : SafetensorsSource.open(path);
  }

  private void requireValues() {
    List<String> empty = keys().stream().filter(key -> shape(key).size() == 0).toList();
    if (!empty.isEmpty()) {
      String first = empty.get(0);
      FileFault found = new FileFault(path, empty.size() + " of " + keys().size() + " tensors are empty, such as '"
          + VisibleText.shortened(first) + "' of shape " + shape(first) + ". " + SHARD_ADVICE);
      close();
      throw found;
    }
  }

  /** What was opened. */
  public Path path() {
    return path;
  }

  /** All keys, in the file's order. */
  public Set<String> keys() {
    return source.names();
  }

  /** The shape under a key. */
  public Shape shape(String key) {
    return source.shape(key);
  }

  /** Texts that the file carries. */
  public Map<String, String> metadata() {
    return source.metadata();
  }

  /**
   * Reads a tensor in its stored type.
   *
   * @param scope owner of the tensor
   * @throws FileFault when it cannot be read or holds a value that is no finite number
   */
  public NDArray read(String key, NDManager scope) {
    try (NDManager own = scope.newSubManager(); GradMode off = GradMode.off()) {
      NDArray stored = source.read(key, own);
      requireFinite(key, stored);
      // What was read may lie in the file's own memory; only a duplicate outlives it.
      NDArray owned = stored.duplicate();
      owned.attach(scope);
      return owned;
    }
  }

  /**
   * Reads a single number of any type.
   *
   * @param key a key with one element
   * @throws FileFault when it cannot be read or is no finite number
   */
  public double number(String key, NDManager scope) {
    try (NDManager own = scope.newSubManager(); GradMode off = GradMode.off()) {
      NDArray stored = source.read(key, own);
      requireFinite(key, stored);
      return OPS.cast(stored, DataType.FLOAT64).toDoubleArray()[0];
    }
  }

  /** One sum tells of any value that is not finite; only then is it worth looking closer. */
  private void requireFinite(String key, NDArray stored) {
    if (!Ops.typeOf(stored).isFloating() || stored.size() == 0
        || Double.isFinite(OPS.cast(stored.sum(), DataType.FLOAT64).toDoubleArray()[0])) {
      return;
    }
    NDArray values = OPS.cast(stored, DataType.FLOAT32);
    long bad = values.isNaN().logicalOr(values.isInfinite()).sum().toLongArray()[0];
    if (bad > 0) {
      throw new FileFault(path, "tensor '" + key + "' holds " + bad + " of " + stored.size()
          + " values that are no finite numbers (NaN or infinite; half precision holds none above 65504)."
          + " The training diverged or the file is damaged; use another file.");
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
