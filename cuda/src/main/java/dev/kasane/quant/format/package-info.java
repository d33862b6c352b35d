/**
 * The number formats of bitsandbytes, without tensors: arrays and buffers in, arrays and buffers out.
 *
 * <table>
 *   <caption>Formats</caption>
 *   <tr><td>{@link dev.kasane.quant.format.FourBitBlocks}</td><td>NF4 or FP4 codes, a scale a block</td></tr>
 *   <tr><td>{@link dev.kasane.quant.format.NestedScales}</td><td>those scales in 8 bits (double quantisation)</td></tr>
 *   <tr><td>{@link dev.kasane.quant.format.EightBitBlocks}</td><td>codes of a dynamic map, a scale a block</td></tr>
 *   <tr><td>{@link dev.kasane.quant.format.Int8Rows}</td><td>signed bytes, a scale a row (LLM.int8)</td></tr>
 * </table>
 *
 * <p>What bitsandbytes does on a CPU is the definition, its oddities included: a short last block divides where
 * whole ones multiply with a rounded inverse; a tiny positive number takes FP4's second zero; 127 / scale is
 * computed as (1 / scale) · 127; scales go through 65,536 bins. Decoding its AVX-512 kernel takes wrong scales
 * where a block crosses rows; there its generic kernel is followed.
 *
 * <p>Only finite numbers are quantised: one NaN would take its whole block with it.
 */
package dev.kasane.quant.format;
