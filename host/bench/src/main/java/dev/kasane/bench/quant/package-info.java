/**
 * The quantisation, measured: loops of the CPU with JMH ({@code host/bench/run-quant.sh}), kernels of the GPU by its
 * own clock beside those of bitsandbytes ({@code host/bench/run-gpu-kernels.sh}).
 */
package dev.kasane.bench.quant;
