package dev.kasane.diffusion.clip.tokenizer;

/**
 * A text that is one token wherever it stands in a prompt, whatever the merges say.
 *
 * @param content the text
 * @param id its id
 * @param normalized true: looked for in the normalised text (so in any capitals); false: in the text as given
 * @param special true: {@link ClipTokenizer#decode} leaves it out
 */
record AddedToken(String content, int id, boolean normalized, boolean special) {
}
