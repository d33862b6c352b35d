/**
 * Putting adapters on a model and taking them off again.
 *
 * <p>A {@link dev.kasane.core.injection.TargetSelector} picks layers by the names that users already know
 * from PEFT and kohya's scripts. An {@link dev.kasane.core.injection.Injector} attaches fresh adapters to
 * them, or restores saved ones, and answers with an {@link dev.kasane.core.injection.AdapterSet}: all that
 * one method put on one model, with a strength that can be turned while the model is live. A
 * {@link dev.kasane.core.injection.Merger} folds the sets into the weights for speed and takes them out
 * again, from the pristine weights, so that not one bit is lost. An
 * {@link dev.kasane.core.injection.AdapterRouter} sends each row of a batch through adapters of its own.
 * Several sets on a live model add up, each with strengths for the whole adapter and for single blocks
 * ({@link dev.kasane.core.injection.BlockWeights}).
 *
 * <p>A {@link dev.kasane.core.injection.ModuleRestorer} asks the methods whose module a file's is, for this package
 * and for everything else that is made of files.
 *
 * <p>The rule of this package is that nothing fails to match in silence. A pattern that picks no layer, a
 * rank for a block that does not exist, a key of a file that fits nowhere: each is an error or a line of
 * the {@link dev.kasane.core.injection.InjectionReport}, by name. Only this package changes what hangs on
 * a model; the base weights are never written to.
 */
package dev.kasane.core.injection;
