/**
 * Text to token ids and back.
 *
 * <p>{@link dev.kasane.text.tokenizer.Tokenizer} is all that models and generation know of a tokeniser;
 * {@link dev.kasane.text.tokenizer.Tokenizers} opens the one in a model's folder. {@code tokenizer.json} is run by
 * Hugging Face's library, and so are {@code vocab.json} with {@code merges.txt}, which are the same thing in an
 * older form. SentencePiece's {@code tokenizer.model} is read and run here: a table of character replacements,
 * then Viterbi's best path (unigram) or joins by score (BPE), then a byte each for what the vocabulary lacks.
 *
 * <p>Hugging Face's library is native code, which ends the whole program where it meets what its authors took for
 * impossible. So {@code TokenizerCheck} reads a file first: the regular expressions
 * ({@code RegexReader}, {@code RegexCost}), how long texts may get ({@code NormalizerCheck}, {@code DecoderCheck}),
 * the marks around a text ({@code MarksCheck}). Long texts go to it in windows ({@code TextWindows}) which are joined
 * where they agree; SentencePiece takes them in groups of words ({@code WordGroups}). What is let through and is still
 * a thousand times too slow is stopped ({@code Pace}).
 *
 * <p>What begins, ends and fills a text is spread over four files beside the tokeniser; a model may have several
 * ends.
 */
package dev.kasane.text.tokenizer;
