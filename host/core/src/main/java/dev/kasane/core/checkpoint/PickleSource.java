package dev.kasane.core.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.pickle.TorchCheckpoint;
import dev.kasane.core.pickle.values.PickledTensor;
import dev.kasane.core.safetensors.DType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The tensors of a PyTorch checkpoint ({@code .ckpt}, {@code .bin}, {@code .pt}), which is not run. */
public final class PickleSource implements TensorSource {
  private final TorchCheckpoint checkpoint;
  private final Map<String, PickledTensor> tensors;

  private PickleSource(TorchCheckpoint checkpoint, Map<String, PickledTensor> tensors) {
    this.checkpoint = checkpoint;
    this.tensors = tensors;
  }

  /**
   * Opens a checkpoint.
   *
   * @throws FileFault when it is missing, damaged, holds no named tensors or asks for anything but plain
   *     values and tensors
   */
  public static PickleSource open(Path path) {
    return open(path, TorchCheckpoint::stateDict);
  }

  private static PickleSource open(Path path, Function<TorchCheckpoint, Map<String, PickledTensor>> tensors) {
    TorchCheckpoint checkpoint = TorchCheckpoint.open(path);
    try {
      return new PickleSource(checkpoint, tensors.apply(checkpoint));
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  /**
   * Opens whatever was saved with tensors in it: a dict of tensors, dicts of tensors in a dict (their names
   * joined by a dot), or the plain list of pairs as the first LoRA scripts saved it (named
   * {@code list:0:up}, {@code list:0:down}, {@code list:1:up}, …).
   *
   * @throws FileFault as {@link #open}
   */
  static PickleSource openAny(Path path) {
    return open(path, checkpoint -> {
      Map<String, PickledTensor> named = named(checkpoint.root());
      return named.isEmpty() ? checkpoint.stateDict() : named;
    });
  }

  private static Map<String, PickledTensor> named(Object root) {
    Map<String, PickledTensor> named = new LinkedHashMap<>();
    if (root instanceof List<?> list && list.stream().allMatch(PickledTensor.class::isInstance)) {
      for (int i = 0; i < list.size(); i++) {
        named.put("list:" + i / 2 + (i % 2 == 0 ? ":up" : ":down"), (PickledTensor) list.get(i));
      }
    } else if (root instanceof Map<?, ?> saved) {
      collect(saved.get("state_dict") instanceof Map<?, ?> inner ? inner : saved, "", named);
    }
    return named;
  }

  private static void collect(Map<?, ?> dict, String prefix, Map<String, PickledTensor> named) {
    dict.forEach((key, value) -> {
      if (value instanceof PickledTensor tensor) {
        named.put(prefix + key, tensor);
      } else if (value instanceof Map<?, ?> inner && prefix.isEmpty()) {
        collect(inner, key + ".", named);
      }
    });
  }

  /** The texts and numbers that were saved beside the tensors, such as {@code global_step}. */
  @Override
  public Map<String, String> metadata() {
    Map<String, String> plain = new LinkedHashMap<>();
    if (checkpoint.root() instanceof Map<?, ?> saved) {
      saved.forEach((key, value) -> {
        if (key instanceof String name && (value instanceof String || value instanceof Number)) {
          plain.put(name, value.toString());
        }
      });
    }
    return plain;
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public Shape shape(String name) {
    return new Shape(tensor(name).shape());
  }

  @Override
  public DType dtype(String name) {
    return tensor(name).dtype();
  }

  @Override
  public NDArray read(String name, NDManager owner) {
    PickledTensor tensor = tensor(name);
    return new MappedTensors(checkpoint.path(), name, tensor.dtype(),
        (offset, length) -> bytes(tensor, offset, length)).read(tensor.shape(), owner);
  }

  private ByteBuffer bytes(PickledTensor tensor, long offset, long length) {
    // Only a whole tensor can be gathered from strides or turned round from big-endian.
    return length == tensor.byteLength() ? checkpoint.map(tensor) : checkpoint.map(tensor, offset, length);
  }

  @Override
  public String origin(String name) {
    tensor(name);
    return location();
  }

  @Override
  public String location() {
    return checkpoint.path().toString();
  }

  private PickledTensor tensor(String name) {
    return find(tensors, name);
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
