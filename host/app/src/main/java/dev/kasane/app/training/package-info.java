/**
 * What surrounds a training run: its folder, its loss log and plot, samples, checkpoints, Ctrl-C.
 *
 * <p>{@link dev.kasane.app.training.TrainRun} is the order of a whole run, for a model of any family: plugins, checks,
 * base and data, weights, quantising, adapters, then the {@link dev.kasane.app.training.TrainingSession}.
 *
 * <p>{@link dev.kasane.app.training.TrainingSession} knows neither pictures nor text: what is learnt is a
 * {@link dev.kasane.core.training.TrainingTask}, what is tried out on the way are
 * {@link dev.kasane.core.family.Samples}. It hangs all of it on the run as listeners. Their
 * order matters: a checkpoint comes last, so that whatever belongs to a step is on disk before a later
 * process goes on after it. The loss log is cut back to the checkpoint when a run goes on.
 *
 * <p>{@link dev.kasane.core.family.TrainingFacts} hold a hash of base, data and every option that the result
 * depends on; a checkpoint made with others is refused.
 */
package dev.kasane.app.training;
