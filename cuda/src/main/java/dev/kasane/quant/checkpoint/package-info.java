/**
 * Quantised checkpoints as bitsandbytes serialises them and transformers and diffusers load them.
 *
 * <pre>
 *   4 bits   w                                      codes, two a byte (U8)
 *            w.absmax                               scales (F32), or their codes (U8) when quantised twice
 *            w.quant_map                            the sixteen values
 *            w.nested_absmax, w.nested_quant_map    scales of scales, the 256 values of their codes
 *            w.quant_state.bitsandbytes__nf4        JSON: block size, dense type and shape, offset
 *   int8     w                                      codes (I8)
 *            SCB, weight_format                     a scale a row; 0
 * </pre>
 *
 * <p>{@link dev.kasane.quant.checkpoint.BitsandbytesSource} shows such a file as ordinary weights and checks all
 * sizes before anything is read; {@link dev.kasane.quant.checkpoint.ModelQuantisation} writes one from a dense
 * model, holding one tensor at a time.
 */
package dev.kasane.quant.checkpoint;
