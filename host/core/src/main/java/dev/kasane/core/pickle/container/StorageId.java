package dev.kasane.core.pickle.container;

import dev.kasane.core.pickle.machine.ConstructorArguments;
import dev.kasane.core.pickle.machine.TorchTypes;
import dev.kasane.core.pickle.machine.TypedStorage;
import dev.kasane.core.pickle.values.MalformedPickle;
import dev.kasane.core.pickle.values.PickledTuple;
import dev.kasane.core.pickle.values.StorageLocation;
import dev.kasane.core.safetensors.DType;
import java.util.List;
import java.util.Optional;

/**
 * How a pickle names a storage: the tuple {@code ('storage', class, key, device, elements, [view])}.
 *
 * @param dtype element type; nothing for untyped storages
 * @param key name of the storage
 * @param elements elements of the whole storage, or its bytes where untyped
 * @param view arguments of a view {@code (key, first element, elements)}, only in old files
 */
public record StorageId(Optional<DType> dtype, String key, long elements, Optional<PickledTuple> view) {
  public static StorageId parse(Object id) throws MalformedPickle {
    if (!(id instanceof PickledTuple tuple) || tuple.isEmpty() || !"storage".equals(tuple.get(0))) {
      throw new MalformedPickle("names an outside object that is no tensor storage; a checkpoint of weights"
          + " has none, so save the model's state_dict() instead");
    }
    Optional<DType> dtype = TorchTypes.storageType(ConstructorArguments.global(tuple, 1));
    boolean viewed = tuple.size() > 5 && tuple.get(5) != null;
    Optional<PickledTuple> view = viewed ? Optional.of(ConstructorArguments.tuple(tuple, 5)) : Optional.empty();
    StorageId parsed =
        new StorageId(dtype, ConstructorArguments.text(tuple, 2), ConstructorArguments.size(tuple, 4), view);
    parsed.bytes(parsed.elements);
    return parsed;
  }

  int elementSize() {
    return dtype.map(DType::byteSize).orElse(1);
  }

  /** The bytes of the whole storage. */
  long byteLength() {
    return elements * elementSize();
  }

  /** What the tensors of this storage may use: all of it or the view. */
  public TypedStorage toStorage() throws MalformedPickle {
    if (view.isEmpty()) {
      return new TypedStorage(new StorageLocation(key, 0, byteLength()), dtype);
    }
    List<Object> span = view.get();
    long first = ConstructorArguments.size(span, 1);
    long count = ConstructorArguments.size(span, 2);
    if (count > elements || first > elements - count) {
      throw new MalformedPickle("holds a view of " + count + " elements at " + first + " in a storage of "
          + elements + "; the file is damaged");
    }
    return new TypedStorage(new StorageLocation(key, bytes(first), bytes(count)), dtype);
  }

  private long bytes(long count) throws MalformedPickle {
    try {
      return Math.multiplyExact(count, elementSize());
    } catch (ArithmeticException overflow) {
      throw new MalformedPickle("holds a storage larger than any file; the file is damaged", overflow);
    }
  }
}
