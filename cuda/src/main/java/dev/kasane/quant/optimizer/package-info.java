/**
 * Optimiser states that need little memory.
 *
 * <p>{@link dev.kasane.quant.optimizer.AdamW8bit} keeps both moments in 8 bits.
 * {@link dev.kasane.quant.optimizer.MappedStates} keeps the states of any optimiser, this one or core's AdamW in
 * 32 bits, in a mapped file, whose pages the operating system brings in and writes back: the same bits as in
 * memory. Both kinds of state are ordinary tensors to a checkpoint. Where parameters lie on a device, its half of this
 * module does {@link dev.kasane.quant.optimizer.AdamWork} there.
 */
package dev.kasane.quant.optimizer;
