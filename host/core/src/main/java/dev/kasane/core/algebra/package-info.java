/**
 * Adapters as numbers: adding, cutting, extracting and folding them, without a model around them.
 *
 * <p>An adapter is ΔW for some layers. A {@link dev.kasane.core.lowrank.ScaledPair} is ΔW as a pair of factors,
 * and most of this package never multiplies the pair out: a
 * {@link dev.kasane.core.algebra.Mixer} puts ranks side by side, a {@link dev.kasane.core.algebra.Resizer}
 * decomposes a small matrix between two orthogonal ones. Where a method is no LoRA,
 * {@link dev.kasane.core.algebra.DeltaSource} asks the method's plugin for ΔW on a layer that has a shape
 * but no model. An {@link dev.kasane.core.algebra.Extractor} goes the other way, from two checkpoints to a
 * pair, and a {@link dev.kasane.core.algebra.merge.CheckpointMerge} folds ΔW into the files of a checkpoint.
 *
 * <pre>
 *   AdapterModel ── ScaledPair ──┬─ Mixer, Resizer ── Truncation (singular values)
 *                                └─ DeltaSource ──┬── CheckpointMerge (merge) ── files
 *   two checkpoints ───────────────── Extractor   └── Verifier
 * </pre>
 *
 * <p>A weight that an adapter brings whole, W in the place of the base's W₀, is the update W − W₀ wherever it is used.
 * A {@link dev.kasane.core.algebra.Vocabulary} says which two tables of a language model may be one, and a
 * {@link dev.kasane.core.algebra.merge.ModelDescription} what its other files say once they are not.
 *
 * <p>A {@link dev.kasane.core.algebra.FitCheck} says beforehand whether a file's tensors fit the base's layers, or at
 * least one another. A result's tensors belong to the scope that was named for it, and its input's stay where they
 * are: either may be closed first.
 *
 * <p>Every operation can be measured by a way other than its own; {@link dev.kasane.core.algebra.Verification}
 * says by how much a claim is off. Nothing here knows pictures, text or the keys of any file. Merging into a
 * half-precision checkpoint rounds, and subtracting the update again rounds once more: no merge into float16
 * or bfloat16 can be undone to the bit, and nothing here claims to. In float32 it comes back to within
 * rounding. Keep the base.
 */
package dev.kasane.core.algebra;
