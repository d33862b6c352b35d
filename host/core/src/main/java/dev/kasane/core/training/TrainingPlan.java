package dev.kasane.core.training;

/**
 * The numbers of a run.
 *
 * @param steps optimiser steps in all
 * @param accumulation batches whose gradients make up one step
 * @param learningRate the rate over the steps
 * @param maxGradientNorm total norm that gradients are clipped to, 0 for no clipping
 * @param seed everything random follows from it and from the step
 */
public record TrainingPlan(
    long steps, int accumulation, LearningRate learningRate, double maxGradientNorm, long seed) {

  /**
   * The seed of libtorch's generator for one batch. Nothing random survives a step, so a checkpoint needs
   * no state of a generator.
   *
   * @param batch number of the batch, counted from 0 over the whole run
   */
  public long seedOf(long batch) {
    long mixed = seed * 0x9E3779B97F4A7C15L + batch;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return (mixed ^ (mixed >>> 31)) & Long.MAX_VALUE;
  }
}
