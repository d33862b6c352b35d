/**
 * What the tokenisers of all families share: the names and bounded reading of their files
 * ({@link dev.kasane.core.tokenizer.TokenizerFiles}), the characters that stand for bytes
 * ({@link dev.kasane.core.tokenizer.ByteAlphabet}), and how merges are learnt
 * ({@link dev.kasane.core.tokenizer.PairLearner}). How a text is cut and what the files mean is each family's own.
 */
package dev.kasane.core.tokenizer;
