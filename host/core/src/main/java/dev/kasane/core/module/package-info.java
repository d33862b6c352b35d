/**
 * Models as trees of modules with named weights.
 *
 * <p>A {@link dev.kasane.core.module.Module} declares its weights and children under the names that the
 * reference implementation uses, so a dotted path such as
 * {@code down_blocks.0.attentions.0.proj_in.weight} means the same in a checkpoint, in an adapter file and
 * here. A module is built from a configuration alone: a {@link dev.kasane.core.module.Weight} is a place
 * with a shape, and a loader of {@link dev.kasane.core.checkpoint} gives it a
 * {@link dev.kasane.core.spi.FrozenWeight}, stored in whatever way. So sizes and names can be checked
 * before gigabytes are read; {@link dev.kasane.core.module.DeclaredWeight} stands in where no values follow.
 *
 * <p>Linear layers, convolutions and norms are {@link dev.kasane.core.module.AdaptableLayer}s. What flows through:
 *
 * <pre>
 *   x ─┬─ base operation, frozen weight ──── y
 *      ├─ adapter 1 · multiplier ─────────── +
 *      └─ adapter 2 · multiplier ─────────── + ── output
 * </pre>
 *
 * <p>Each adapter hangs there as an {@link dev.kasane.core.module.Attachment} whose strength can be turned
 * at any time; the base weight is never written to. Only {@link dev.kasane.core.injection} attaches.
 *
 * <p>A large model is also a chain of {@link dev.kasane.core.module.Segment}s, so that training can keep
 * the states between them and compute the rest again.
 */
package dev.kasane.core.module;
