package dev.kasane.core.family;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.ElementType;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A model that is not loaded.
 *
 * @param family what it is, for people
 * @param part its modules, whose weights have no values, and which of its layers can be held in few bits
 * @param block which block, run again as one in training by segments, a layer's path belongs to; empty for none
 * @param filePrefix what adapter files put before a layer's path
 * @param tables numbers of tables that rows are only looked up in
 * @param storedType type of the checkpoint as its configuration says, or nothing
 * @param activations what it keeps for backward
 */
public record PlannedModel(
    String family,
    BaseModel.Quantisable part,
    UnaryOperator<String> block,
    String filePrefix,
    long tables,
    String storedType,
    Activations.Rule activations) {
  /** Its modules. */
  public Module root() {
    return part.root();
  }

  /** How many numbers the model's weights are. */
  public long parameters() {
    return root().namedWeights().values().stream().mapToLong(weight -> weight.shape().size()).sum();
  }

  /**
   * Bytes of memory that the weights take.
   *
   * @param precision type of those that are dense
   * @param quantised bytes of a weight of a shape where layers that can be are held in few bits; nothing for a dense
   *     model
   * @param mapped whether weights that are stored in the wanted type stay in their file's memory, as on the host: of
   *     a table little more is read in then than the rows that texts use, and it does not count
   */
  public long weightBytes(ElementType precision, Optional<ToLongFunction<Shape>> quantised, boolean mapped) {
    long unread = mapped && precision.toString().equals(storedType) ? tables : 0;
    long few = quantised.isPresent() ? quantisable().mapToLong(Shape::size).sum() : 0;
    return bytes(parameters() - unread - few, precision)
        + quantised.map(size -> quantisable().mapToLong(size).sum()).orElse(0L);
  }

  /** Bytes of the largest block's weights, decoded: training by segments has one block's at a time. */
  public long decodedBytes(ElementType precision) {
    Map<String, Long> blocks = part.root().adaptableLayers().values().stream().filter(part.layers()).collect(
        Collectors.groupingBy(layer -> block.apply(layer.path()),
            Collectors.summingLong(layer -> layer.weight().shape().size())));
    return bytes(blocks.values().stream().mapToLong(Long::longValue).max().orElse(0), precision);
  }

  private Stream<Shape> quantisable() {
    return root().adaptableLayers().values().stream().filter(part.layers()).map(layer -> layer.weight().shape());
  }

  private static long bytes(long numbers, ElementType precision) {
    return numbers * precision.dataType().getNumOfBytes();
  }
}
