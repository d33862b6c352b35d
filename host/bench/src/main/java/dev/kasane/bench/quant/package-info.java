/** Loops of the quantisation, measured with JMH. {@code host/bench/run-quant.sh} starts them. */
package dev.kasane.bench.quant;
