package dev.kasane.diffusion.clip.tokenizer;

/** The word {@code BREAK} in a prompt: what follows starts a chunk of its own. */
public record ChunkBreak() implements PromptPiece {
}
