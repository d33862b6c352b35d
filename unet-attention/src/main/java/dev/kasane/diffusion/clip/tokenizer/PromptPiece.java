package dev.kasane.diffusion.clip.tokenizer;

/** A part of a parsed prompt: text with a weight, or the place where a new chunk has to begin. */
public sealed interface PromptPiece permits WeightedText, ChunkBreak {
}
