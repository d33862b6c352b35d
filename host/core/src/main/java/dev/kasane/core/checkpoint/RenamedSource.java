package dev.kasane.core.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.spi.FrozenWeight;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Another source under new names and in other forms. It is a view: closing it does nothing, the source
 * underneath is closed by who opened it.
 */
public final class RenamedSource implements TensorSource {
  /**
   * Where a tensor comes from.
   *
   * @param name its name in the source underneath
   * @param transform how its form changes
   */
  public record Stored(String name, TensorTransform transform) {
    /** A tensor that only changes its name. */
    public static Stored as(String name) {
      return new Stored(name, new TensorTransform.Identity());
    }
  }

  private final TensorSource source;
  private final Map<String, Stored> mapping;

  /**
   * @param source the source underneath
   * @param mapping new name → stored tensor, in the order wanted; stored tensors that it leaves out do not
   *     appear
   * @throws UserException when it refers to a tensor that the source lacks
   */
  public RenamedSource(TensorSource source, Map<String, Stored> mapping) {
    mapping.values().stream().filter(each -> !source.names().contains(each.name())).findFirst()
        .ifPresent(each -> {
          throw new UserException(source.location() + " has no tensor '" + each.name() + "'.");
        });
    this.source = source;
    this.mapping = Collections.unmodifiableMap(new LinkedHashMap<>(mapping));
  }

  @Override
  public Set<String> names() {
    return mapping.keySet();
  }

  @Override
  public Shape shape(String name) {
    Stored stored = stored(name);
    return stored.transform().shape(source.shape(stored.name()));
  }

  @Override
  public DType dtype(String name) {
    return source.dtype(stored(name).name());
  }

  @Override
  public NDArray read(String name, NDManager owner) {
    Stored stored = stored(name);
    NDArray whole = source.read(stored.name(), owner);
    NDArray changed = stored.transform().apply(whole);
    if (changed != whole) {
      // Only the handle goes: what shares its memory keeps it.
      whole.close();
    }
    return changed;
  }

  @Override
  public boolean mayShareMemory(String name) {
    Stored stored = stored(name);
    return stored.transform().mayShareMemory() && source.mayShareMemory(stored.name());
  }

  @Override
  public Optional<FrozenWeight> quantised(String name, DataType type, NDManager owner) {
    Stored stored = stored(name);
    return stored.transform() instanceof TensorTransform.Identity
        ? source.quantised(stored.name(), type, owner) : Optional.empty();
  }

  @Override
  public boolean isQuantised(String name) {
    Stored stored = stored(name);
    return stored.transform() instanceof TensorTransform.Identity && source.isQuantised(stored.name());
  }

  @Override
  public String origin(String name) {
    return source.origin(stored(name).name());
  }

  @Override
  public String location() {
    return source.location();
  }

  /**
   * Where a tensor comes from.
   *
   * @throws UserException when there is no such tensor
   */
  public Stored stored(String name) {
    return find(mapping, name);
  }

  @Override
  public Map<String, String> metadata() {
    return source.metadata();
  }

  @Override
  public void close() {}
}
