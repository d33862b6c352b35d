/**
 * The files that came before {@code tokenizer.json}, brought into its form.
 *
 * <p>They hold hardly more than a vocabulary. Start with {@link dev.kasane.text.tokenizer.older.OlderFiles}, which finds
 * out what lies there: {@code vocab.json} with {@code merges.txt} ({@code BytePairFiles}), SentencePiece's models ({@code
 * SentencePieceModel}, {@code SentencePieceFolder}, {@code SentencePieceJson}), or tiktoken's ({@code TiktokenFile}). A
 * class that is not known is refused here, since vocabularies of two classes look alike and are split differently.
 */
package dev.kasane.text.tokenizer.older;
