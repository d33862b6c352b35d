package dev.kasane.quant.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.tensor.Engines;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A checkpoint that bitsandbytes has serialised, seen as one of ordinary weights: a quantised tensor appears once,
 * under its name, with the shape and type of the dense one. {@link #read} decodes it, {@link #quantised} gives it
 * as it is. Tensors that are not quantised pass through, so any checkpoint may be opened this way.
 */
public final class BitsandbytesSource implements TensorSource {
  private final TensorSource source;
  /** By name; null for a dense tensor. */
  private final Map<String, StoredQuantised> tensors = new LinkedHashMap<>();

  private BitsandbytesSource(TensorSource source) {
    this.source = source;
  }

  /**
   * Looks through a checkpoint and checks that sizes agree; codes and scales are read later.
   *
   * @param source the checkpoint; closed with this one
   * @throws UserException that names the tensor that is damaged and how
   */
  public static BitsandbytesSource of(TensorSource source) {
    BitsandbytesSource quantised = new BitsandbytesSource(source);
    try (NDManager scratch = Engines.newManager()) {
      FourBitStored.find(source, scratch).forEach(quantised::add);
      Int8Stored.find(source, scratch).forEach(quantised::add);
    }
    for (String name : source.names()) {
      if (!quantised.tensors.containsKey(name) && !quantised.isPart(name)) {
        quantised.tensors.put(name, null);
      }
    }
    return quantised;
  }

  private void add(StoredQuantised tensor) {
    tensors.put(tensor.name(), tensor);
  }

  private boolean isPart(String name) {
    return tensors.values().stream().anyMatch(each -> each != null && each.owns(name));
  }

  /** Whether anything in it is quantised. */
  public boolean isQuantised() {
    return tensors.values().stream().anyMatch(each -> each != null);
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  @Override
  public Shape shape(String name) {
    StoredQuantised tensor = tensor(name);
    return tensor == null ? source.shape(name) : tensor.shape();
  }

  @Override
  public DType dtype(String name) {
    StoredQuantised tensor = tensor(name);
    return tensor == null ? source.dtype(name) : tensor.precision().stored();
  }

  @Override
  public NDArray read(String name, NDManager owner) {
    StoredQuantised tensor = tensor(name);
    if (tensor == null) {
      return source.read(name, owner);
    }
    try (NDManager scratch = Engines.newManager()) {
      return tensor.weight(tensor.precision().dataType(), scratch).materialise(owner);
    }
  }

  @Override
  public Optional<FrozenWeight> quantised(String name, DataType type, NDManager owner) {
    return Optional.ofNullable(tensor(name)).map(tensor -> tensor.weight(type, owner));
  }

  @Override
  public boolean isQuantised(String name) {
    return tensor(name) != null;
  }

  private StoredQuantised tensor(String name) {
    if (!tensors.containsKey(name)) {
      throw new UserException(source.location() + " has no tensor '" + name + "'.");
    }
    return tensors.get(name);
  }

  @Override
  public String origin(String name) {
    tensor(name);
    return source.origin(name);
  }

  @Override
  public String location() {
    return source.location();
  }

  @Override
  public Map<String, String> metadata() {
    return source.metadata();
  }

  @Override
  public void close() {
    source.close();
  }
}
