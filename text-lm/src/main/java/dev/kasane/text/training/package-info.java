/**
 * Training of language models: {@link dev.kasane.text.training.LanguageObjective} is what a
 * {@link dev.kasane.core.training.Trainer} minimises, over batches that {@link dev.kasane.text.data} makes.
 */
package dev.kasane.text.training;
