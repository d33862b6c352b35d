package dev.kasane.core.family;

import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.ElementType;

/**
 * A model that is not loaded.
 *
 * @param family what it is, for people
 * @param root its modules, whose weights have no values
 * @param filePrefix what adapter files put before a layer's path
 * @param tables numbers of tables that rows are only looked up in
 * @param storedType type of the checkpoint as its configuration says, or nothing
 * @param activations what it keeps for backward
 */
public record PlannedModel(
    String family,
    Module root,
    String filePrefix,
    long tables,
    String storedType,
    Activations.Rule activations) {
  /** How many numbers the model's weights are. */
  public long parameters() {
    return root.namedWeights().values().stream().mapToLong(weight -> weight.shape().size()).sum();
  }

  /**
   * Bytes of memory that the weights take. Those stored in the wanted type are mapped from the file as they lie, and
   * of a table then little more is read in than the rows that texts use: it does not count.
   */
  public long weightBytes(ElementType precision) {
    long numbers = parameters() - (precision.toString().equals(storedType) ? tables : 0);
    return numbers * precision.dataType().getNumOfBytes();
  }
}
