/**
 * Adapters folded into the files of a checkpoint, and taken out again.
 *
 * <p>{@link dev.kasane.core.algebra.merge.CheckpointMerge} is the whole of it: {@code MergePlan} says which tensors
 * change, {@code FileMerge} writes a file, {@code WeightUpdate} adds to one weight and measures what came of it, and
 * {@code ModelDescription} has what the model's other files say afterwards.
 */
package dev.kasane.core.algebra.merge;
