/**
 * Text to token ids and back.
 *
 * <p>{@link dev.kasane.text.tokenizer.Tokenizer} is all that models and generation know of a tokeniser;
 * {@link dev.kasane.text.tokenizer.Tokenizers} opens the one in a model's folder. Whatever files it comes in, one
 * {@code TokenizerDescription} is made of them: a {@code tokenizer.json} with nothing left to look up, which Hugging
 * Face's library runs.
 *
 * <p>What the files do not say is what transformers 5 does for the tokeniser's class ({@code TokenizerClass}, {@code
 * ClassRules}); what the files beside a vocabulary say goes on top ({@code SideFiles}, {@code AddedVocabulary}, {@code
 * SpecialTokens}, {@code SurroundingMarks}). The files that came before tokenizer.json hold hardly more than a
 * vocabulary ({@code OlderFiles}): {@code vocab.json} with {@code merges.txt} ({@code BytePairFiles}), SentencePiece's
 * models ({@code SentencePieceModel}, {@code SentencePieceFolder}, {@code SentencePieceJson}), and tiktoken's ({@code
 * TiktokenFile}). A class that is not known is refused there, since vocabularies of two classes look alike and are
 * split differently.
 *
 * <p>The library is native code, and a file is checked before it gets it ({@code check}). Long texts go to it in
 * windows ({@code TextWindows}) which are joined where they agree. What is let through and is still a thousand times
 * too slow is stopped ({@code Pace}).
 *
 * <p>What begins, ends and fills a text is spread over four files beside the tokeniser; a model may have several
 * ends.
 */
package dev.kasane.text.tokenizer;
