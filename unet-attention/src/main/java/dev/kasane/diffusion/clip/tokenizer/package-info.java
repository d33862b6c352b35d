/**
 * From a prompt to the rows of token ids that a CLIP text encoder takes.
 *
 * <h2>Tokens</h2>
 *
 * {@link dev.kasane.diffusion.clip.tokenizer.ClipTokenizer} opens a model's tokenizer folder and gives the
 * ids of {@code transformers.CLIPTokenizer} 5 (what diffusers loads today), token for token. A text goes
 * through five steps: tokens that are found as they are written ({@code <|endoftext|>}) are cut out; what is
 * left is normalised (NFC, white space, lower case); tokens that are found after that are cut out; words are
 * split; each word's bytes are merged pair by pair.
 *
 * <p>Versions of the reference differ in corners. Measured: version 4's {@code CLIPTokenizerFast} agrees but
 * for markers written in capitals ({@code <|ENDOFTEXT|>}). Its older, slow {@code CLIPTokenizer} repairs the
 * text first when ftfy is installed (HTML entities, curly quotes, ligatures); that is not followed. Letters
 * and numbers are those of the Java runtime's Unicode tables: on Java 17 (Unicode 13) all assigned characters
 * agree with the reference, characters that Unicode took in later count as symbols.
 *
 * <p>SD 2.x pads with {@code !}. There {@code !} is a special token with the id 0, so that also the
 * exclamation mark in a prompt has that id and not that of {@code !</w>}. This too is as in the reference.
 *
 * <p>Learned words ({@link dev.kasane.diffusion.clip.tokenizer.ClipTokenizer#withWords}) are found after the
 * normalisation, so in any capitals, and stand for as many ids as they have vectors. In two corners diffusers does
 * otherwise, and it is not followed: it finds {@code ink} in {@code pink}, and it takes only the first vector of a
 * word that is written in other capitals than its own.
 *
 * <h2>Weights and long prompts</h2>
 *
 * {@link dev.kasane.diffusion.clip.tokenizer.PromptParser} reads the brackets of the AUTOMATIC1111 web
 * interface, {@link dev.kasane.diffusion.clip.tokenizer.PromptChunks} cuts what it finds into rows of 77 ids
 * with a weight each.
 *
 * <h2>A vocabulary of one's own</h2>
 *
 * {@link dev.kasane.diffusion.clip.tokenizer.TinyVocabularyTrainer} learns a small one from captions, and
 * {@link dev.kasane.diffusion.clip.tokenizer.ClipVocabulary#write} writes it as a folder that transformers
 * opens.
 */
package dev.kasane.diffusion.clip.tokenizer;
