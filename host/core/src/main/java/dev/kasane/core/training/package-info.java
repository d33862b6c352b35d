/**
 * Training: a loop that knows neither pictures nor text.
 *
 * <p>A {@link dev.kasane.core.training.Trainer} takes batches by number, lets an
 * {@link dev.kasane.core.training.Objective} turn each into gradients, lets an
 * {@link dev.kasane.core.training.Optimizer} move the parameters and tells every
 * {@link dev.kasane.core.training.TrainingListener}. Progress, plots, sample pictures and checkpoints are
 * listeners.
 *
 * <p>{@link dev.kasane.core.training.AdapterTraining} is a run of it on adapters, with checkpoints; what is learnt,
 * and how well, it asks a {@link dev.kasane.core.training.TrainingTask}, which pictures and text have each their own.
 *
 * <p>Everything in a step is a function of the step's number and the run's seed: its batches, its noise, its
 * dropouts, its learning rate. So {@link dev.kasane.core.training.Checkpoints} hold parameters and moments
 * and nothing more, and a run that was killed and goes on ends in the bytes of one that was left alone. For that, each
 * carries a checksum of all its bytes; a damaged one is passed over for the one before, and the user is told.
 *
 * <p>{@link dev.kasane.core.training.SegmentedRun} trades time for memory: it keeps only what lies between
 * the segments of a model and computes the rest again in backward.
 */
package dev.kasane.core.training;
