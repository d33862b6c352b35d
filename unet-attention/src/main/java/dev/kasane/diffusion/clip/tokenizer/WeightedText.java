package dev.kasane.diffusion.clip.tokenizer;

/**
 * A part of a prompt that has one weight.
 *
 * @param text without the brackets and escapes; may be empty
 * @param weight finite, 1 where nothing is said; at most {@value PromptParser#WEIGHT_LIMIT} either side of
 *     zero
 */
public record WeightedText(String text, double weight) implements PromptPiece {
}
