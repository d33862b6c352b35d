package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;

/**
 * A parameter to move.
 *
 * @param gradient of its shape, contiguous, on its device
 */
record AdamMove(AdamSlot slot, NDArray gradient) {}
