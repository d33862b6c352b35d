/**
 * Products of narrow matrices: what methods of many plugins, formats of many tools and the algebra of adapters share.
 *
 * <p>A {@link dev.kasane.core.lowrank.LowRank} is the two factors of a layer's update, with the core of a Tucker form
 * between them where there is one; {@link dev.kasane.core.lowrank.RankScale} is alpha/rank, and
 * {@link dev.kasane.core.lowrank.Magnitudes} are DoRA's. At rest, without a layer, the same update is a
 * {@link dev.kasane.core.lowrank.ScaledPair}.
 *
 * <pre>
 *   options ── FreshTensors ─┐
 *                            ├── LowRank, Magnitudes ── the methods' adapters
 *   file ── SavedTensors ────┘
 *     └── LowRankForm: whose it is, and the layer's shape
 * </pre>
 *
 * <p>An adapter whose update is nothing but such products says so by being a
 * {@link dev.kasane.core.lowrank.NarrowUpdate}: a language model takes them into the one call that computes a layer for
 * one token.
 *
 * <p>A {@link dev.kasane.core.lowrank.LowRankForm} is what one layer of a file can be; a module is of one form or of
 * none, and a method that takes some forms claims nothing of another's. Parameters have their community's names,
 * {@link dev.kasane.core.lowrank.LoraNames}. {@link dev.kasane.core.lowrank.SavedTensors} fits what a file has to a
 * layer and names the tensor that does not fit; {@link dev.kasane.core.lowrank.SavedShapes} reads the layer's shape off
 * it. {@code lowrank.ts.py} has the arithmetic.
 */
package dev.kasane.core.lowrank;
