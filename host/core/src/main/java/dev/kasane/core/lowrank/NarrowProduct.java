package dev.kasane.core.lowrank;

import ai.djl.ndarray.NDArray;

/**
 * A part of a linear layer's update: factor·up·down.
 *
 * @param down (rank, in), float32
 * @param up (out, rank), float32
 * @param factor what the product is multiplied by, the user's strength included
 */
public record NarrowProduct(NDArray down, NDArray up, double factor) {}
