/**
 * What the files of a tokeniser say, up to one {@link dev.kasane.text.tokenizer.file.TokenizerDescription}.
 *
 * <p>What the files do not say is what transformers 5 does for the tokeniser's class ({@code TokenizerClass}, {@code
 * ClassRules}); what the files beside a vocabulary say goes on top ({@code SideFiles}, {@code AddedVocabulary}, {@code
 * SpecialTokens}, {@code SurroundingMarks}). What begins, ends and fills a text is spread over four files beside the
 * tokeniser; a model may have several ends.
 *
 * <p>Start with {@code TokenizerDescription}; {@link dev.kasane.text.tokenizer.file.TokenizerJson} is the form that all
 * of it is brought into.
 */
package dev.kasane.text.tokenizer.file;
