/**
 * What a {@code tokenizer.json} from a stranger may not do. Hugging Face's library is native code, which ends the
 * whole program where it meets what its authors took for impossible; so
 * {@link dev.kasane.text.tokenizer.check.TokenizerCheck} reads a file first: the regular expressions
 * ({@code RegexReader}, {@code RegexCost}), how long texts may get ({@code NormalizerCheck}, {@code DecoderCheck}), the
 * marks around a text ({@code MarksCheck}).
 */
package dev.kasane.text.tokenizer.check;
