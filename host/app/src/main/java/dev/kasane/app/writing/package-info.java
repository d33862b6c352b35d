/**
 * Writing text with a language model.
 *
 * <p>{@link dev.kasane.app.writing.TextModel} is an opened folder: model, tokeniser, chat template.
 * {@link dev.kasane.app.writing.TextAdapters} puts adapters on it, for all prompts or by name for single ones,
 * and {@link dev.kasane.app.writing.PromptFile} reads prompts of which each names its own.
 */
package dev.kasane.app.writing;
