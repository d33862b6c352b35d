package dev.kasane.core.algebra.merge;

/**
 * How adapters are folded into a checkpoint.
 *
 * @param subtract takes them out again
 * @param verify compares each merged weight with the base and the adapters attached
 */
public record MergeOptions(boolean subtract, boolean verify) {}
