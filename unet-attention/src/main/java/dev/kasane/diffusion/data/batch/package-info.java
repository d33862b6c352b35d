/**
 * The size at which a picture is trained, the part of it that is shown, and the step that shows it.
 *
 * <p>{@link dev.kasane.diffusion.data.batch.BucketPlan} gives a picture a {@code Bucket}, a size near its own shape, and
 * a {@link dev.kasane.diffusion.data.batch.Placement} scales and crops it to that;
 * {@link dev.kasane.diffusion.data.batch.BatchPlan} says which pictures of one bucket make up a step. Start with the last:
 * everything is a function of the seed and of the step ({@code SeededRandom}), never of what was drawn before.
 */
package dev.kasane.diffusion.data.batch;
