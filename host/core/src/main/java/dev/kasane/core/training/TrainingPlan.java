package dev.kasane.core.training;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.tensor.ElementType;

/**
 * The numbers of a run.
 *
 * @param steps optimiser steps in all
 * @param accumulation batches whose gradients make up one step
 * @param learningRate the rate over the steps
 * @param maxGradientNorm total norm that gradients are clipped to, 0 for no clipping
 * @param seed everything random follows from it and from the step
 * @param lossScale factor that keeps small gradients above the smallest number of the type that backward
 *     computes in (Micikevicius et al. 2018, "Mixed Precision Training", section 3.2); 1 for none
 */
public record TrainingPlan(
    long steps, int accumulation, LearningRate learningRate, double maxGradientNorm, long seed, double lossScale) {
  private static final double FLOAT16_LOSS_SCALE = 4096;

  /** A plan without loss scale, for float32 and bfloat16. */
  public TrainingPlan(
      long steps, int accumulation, LearningRate learningRate, double maxGradientNorm, long seed) {
    this(steps, accumulation, learningRate, maxGradientNorm, seed, 1);
  }

  /**
   * The same plan with the loss scale that a type needs.
   *
   * @param type what the model computes in
   */
  public TrainingPlan computingIn(DataType type) {
    return new TrainingPlan(steps, accumulation, learningRate, maxGradientNorm, seed,
        type == DataType.FLOAT16 ? FLOAT16_LOSS_SCALE : 1);
  }

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
