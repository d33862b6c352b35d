/**
 * Decoder-only language models.
 *
 * <p>A text becomes token ids ({@link dev.kasane.text.tokenizer}, with {@link dev.kasane.text.chat} for the form
 * that a tuned model expects), the ids become scores for the next token ({@link dev.kasane.text.model}), and
 * {@link dev.kasane.text.generation} turns scores back into text. {@link dev.kasane.text.family} reads what a
 * {@code config.json} says, {@link dev.kasane.text.checkpoint} the weights beside it.
 * {@link dev.kasane.text.data} and {@link dev.kasane.text.training} are what adapters are tuned with.
 */
package dev.kasane.text;
