package dev.kasane.quant.optimizer;

import dev.kasane.core.training.AdamW;

/**
 * The numbers of one step that all parameters share.
 *
 * @param count which step, from 1
 * @param learningRate before any parameter's own factor
 * @param gradientScale what gradients are multiplied by first
 */
public record AdamStep(AdamW.Settings settings, int count, double learningRate, double gradientScale) {}
