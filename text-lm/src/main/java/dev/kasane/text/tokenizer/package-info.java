/**
 * Text to token ids and back.
 *
 * <p>{@link dev.kasane.text.tokenizer.Tokenizer} is all that models and generation know of a tokeniser;
 * {@link dev.kasane.text.tokenizer.Tokenizers} opens the one in a model's folder. Start there. Whatever files it comes
 * in, one description is made of them: a {@code tokenizer.json} with nothing left to look up, which Hugging Face's
 * library runs.
 *
 * <pre>
 *   tokenizer ──► older ──► file          tokenizer ──► check
 *     runs it       makes a    what a folder's            what may be given
 *                   json       files say                  to native code
 * </pre>
 *
 * <p>The library is native code, and a file is checked before it gets it. Long texts go to it in windows ({@code
 * TextWindows}) which are joined where they agree. What is let through and is still a thousand times too slow is
 * stopped ({@code Pace}).
 */
package dev.kasane.text.tokenizer;
