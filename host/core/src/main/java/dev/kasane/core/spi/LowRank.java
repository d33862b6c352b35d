package dev.kasane.core.spi;

import ai.djl.ndarray.NDArray;

/**
 * An update of a linear layer that is factor·up·down.
 *
 * @param down (rank, in), float32
 * @param up (out, rank), float32
 * @param factor what the product is multiplied by, the user's strength included
 */
public record LowRank(NDArray down, NDArray up, double factor) {}
