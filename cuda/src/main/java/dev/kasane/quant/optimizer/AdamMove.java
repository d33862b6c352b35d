package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;

/**
 * A parameter to move.
 *
 * @param gradient of its shape, contiguous, on its device
 */
public record AdamMove(AdamSlot slot, NDArray gradient) {}
