/**
 * Base models, whichever family they are of.
 *
 * <p>{@link dev.kasane.app.base.ModelFamilies} finds the families ({@link dev.kasane.core.family.ModelFamily}) and asks
 * them whose a model or an adapter is. {@link dev.kasane.app.base.GenerateRun} is the order of a run that makes
 * something with a model.
 *
 * <p>{@link dev.kasane.app.base.QuantisedBase} is the base's storage. A base comes quantised in one of two ways: a folder
 * that is stored so is read as it lies, or a dense base is quantised layer by layer as soon as its weights are there.
 * Adapters see no difference.
 */
package dev.kasane.app.base;
