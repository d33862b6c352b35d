/**
 * Text to token ids and back.
 *
 * <p>{@link dev.kasane.text.tokenizer.Tokenizer} is all that models and generation know of a tokeniser.
 */
package dev.kasane.text.tokenizer;
