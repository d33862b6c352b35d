package dev.kasane.diffusion.clip.tokenizer;

import java.util.List;

/**
 * The tokens with a role, and all tokens that are found before words are.
 *
 * @param begin id before the first token
 * @param end id after the last token
 * @param pad id that fills up to the wanted length
 * @param unknown id for what the vocabulary cannot spell
 * @param added texts that are one token each
 */
record SpecialTokens(int begin, int end, int pad, int unknown, List<AddedToken> added) {
  /** CLIP's own begin token. */
  static final String BEGIN = "<|startoftext|>";
  /** CLIP's own end token, also its unknown token and, unless said otherwise, its padding. */
  static final String END = "<|endoftext|>";
}
