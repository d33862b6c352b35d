package dev.kasane.core.spi;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the names and shapes of a module's parameters tell of it.
 *
 * @param name the kind of adapter as people call it, such as {@code locon}
 * @param sizes its inner sizes by name, such as {@link #RANK}
 * @param reads the shape of what meets the layer's input: (rank, inputs) or (rank, inputs, k, k), the rank 0 where none is
 *     met; nothing where none tells
 * @param faults what is wrong with it, each a clause about modules such as {@link #INCOMPLETE}
 */
public record ModuleFacts(String name, Map<String, Long> sizes, Optional<Shape> reads, List<String> faults) {
  /** The inner dimension of a product. */
  public static final String RANK = "rank";
  /** Rows of a Kronecker product's first side. */
  public static final String FACTOR = "factor";
  /** Rows of a block that is turned. */
  public static final String BLOCK = "block size";
  /** A fault. */
  public static final String INCOMPLETE = "lack one of the parameters that belong together";
  /** A fault. */
  public static final String RANKS_DIFFER = "have factors of different ranks";
  /** A fault. */
  public static final String NO_MATRICES = "have factors that are no matrices";

  /** A module of which the name alone is known. */
  public static ModuleFacts of(String name) {
    return new ModuleFacts(name, Map.of(), Optional.empty(), List.of());
  }

  /** The same with an inner size; a negative one is none. */
  public ModuleFacts size(String what, long size) {
    Map<String, Long> all = new LinkedHashMap<>(sizes);
    if (size >= 0) {
      all.put(what, size);
    }
    return new ModuleFacts(name, all, reads, faults);
  }

  /** The same with the shape of what meets the layer's input. */
  public ModuleFacts reads(Shape shape) {
    return new ModuleFacts(name, sizes, Optional.ofNullable(shape), faults);
  }

  /** The same, where something holds, with a fault. */
  public ModuleFacts fault(boolean holds, String clause) {
    List<String> all = new ArrayList<>(faults);
    if (holds) {
      all.add(clause);
    }
    return new ModuleFacts(name, sizes, reads, all);
  }
}
