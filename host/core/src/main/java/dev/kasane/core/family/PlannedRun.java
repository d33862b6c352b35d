package dev.kasane.core.family;

/**
 * What is to be forecast of a training.
 *
 * @param length tokens of a text
 * @param resolution pixels of a picture's side
 * @param dropouts whether a model's own dropouts are on
 */
public record PlannedRun(int length, int resolution, boolean dropouts) {}
