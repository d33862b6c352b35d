/**
 * The seam between the application and the families of base models.
 *
 * <p>A {@link dev.kasane.core.family.ModelFamily} is found through the service loader: which models are its own, which
 * {@linkplain dev.kasane.core.family.BaseKind kinds of base} there are and by what header an adapter for one is known,
 * which parts a model has, and what training it would cost. So a further family is a folder and one service entry.
 */
package dev.kasane.core.family;
