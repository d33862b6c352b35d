package dev.kasane.diffusion.clip.tokenizer;

/**
 * One text as the row of ids that a CLIP text encoder takes.
 *
 * @param ids begin, the text's tokens, end, then padding; as many as asked for
 * @param tokens how many tokens of the text are in the row
 * @param cutOff how many tokens at the text's end did not fit
 */
public record TokenIds(int[] ids, int tokens, int cutOff) {
}
