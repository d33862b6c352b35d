/**
 * Loops over packed codes in plain Java, straight into memory of libtorch's own.
 *
 * <p>Several loops decode the same bits: sixteen scaled values looked up one by one, two at a time from a table
 * of pairs, or all sixteen in one or two registers of the Vector API. Which is fastest depends on the machine and on
 * how Java was started, so {@link dev.kasane.quant.cpu.Decoders} tries them at the first large tensor, checks their
 * bits, and tells what it chose and why others are out. The Vector API is an incubator module: its classes are
 * compiled apart (src/vector/java), loaded by name, and used only where Java was started with
 * {@code --add-modules jdk.incubator.vector} on a machine with registers of 512 or 256 bits; the widest are tried.
 *
 * <p>{@link dev.kasane.quant.cpu.FusedProduct} multiplies one or two vectors with a packed weight without decoding it
 * into memory. Work is split over {@link dev.kasane.core.parallel.Workers}; results do not depend on how.
 */
package dev.kasane.quant.cpu;
