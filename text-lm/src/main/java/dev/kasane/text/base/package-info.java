/**
 * Language models as a family of base models: {@link dev.kasane.text.base.TextFamily} is what the application finds
 * through the service loader. {@code TextActivations} reckons what one keeps for backward.
 * {@link dev.kasane.text.base.TextBase} is an opened folder: model, tokeniser, chat template;
 * {@link dev.kasane.text.base.TextTraining} are texts that it is to learn from.
 */
package dev.kasane.text.base;
