/**
 * Decoder-only language models.
 *
 * <p>A text becomes token ids ({@link dev.kasane.text.tokenizer}), the ids become scores for the next token, and
 * generation turns scores back into text.
 */
package dev.kasane.text;
