/**
 * Frozen weights in few bits: one backend that every adapter method and both kinds of model share.
 *
 * <p>A {@link dev.kasane.quant.QuantisedWeight} stands behind core's
 * {@link dev.kasane.core.spi.FrozenWeight}, so a linear layer or a convolution sits on NF4, FP4 or int8 without
 * knowing it, and an adapter on that layer neither. What such a weight does when it is used:
 *
 * <pre>
 *   few rows, no gradient wanted ── codes · x in one loop ──────────────── y   (4-bit weights)
 *   otherwise ── decode into libtorch's memory ── libtorch's product ───── y   (decoded copy let go of)
 * </pre>
 *
 * <p>A graph that needs the decoded weight for backward keeps it. So that not all of them are kept at once,
 * training runs in segments ({@link dev.kasane.core.training.SegmentedRun}): a decoded weight then lives while
 * its segment does.
 *
 * <p>{@link dev.kasane.quant.Quantizer} quantises a loaded model in place, and
 * {@link dev.kasane.quant.checkpoint.BitsandbytesSource} reads what was quantised before. Codes, scales and file
 * layout are those of bitsandbytes, bit for bit ({@link dev.kasane.quant.format}); loops over them are in
 * {@link dev.kasane.quant.cpu}; {@link dev.kasane.quant.optimizer} keeps optimiser states in 8 bits or on disk.
 *
 * <pre>
 *   quant.device ──→ quant.cuda ───────────────┐     the GPU half
 *     │   └────────→ quant.optimizer ──────────┤
 *     ↓                                        ↓
 *   quant ─────────→ quant.cpu ─────────→ quant.format     the CPU half, which sees nothing of the other
 *     ↑
 *   quant.checkpoint
 * </pre>
 */
package dev.kasane.quant;
