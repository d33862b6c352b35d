/**
 * Benchmarks: what a user waits for and what it takes in memory, whole processes, beside the Python peer.
 *
 * <p>{@link dev.kasane.bench.TrainingStepBenchmark} measures one process and prints one line of JSON.
 * {@code run-training-step.sh} starts it and {@code peer_training_step.py} in turn, so that both meet the
 * machine in the same state. Both sides read the same configuration, do the same work and keep the same
 * protocol: some steps to warm up, then single steps timed, the median reported.
 *
 * <p>Weights and data are random: values change nothing about the time of dense arithmetic.
 */
package dev.kasane.bench;
