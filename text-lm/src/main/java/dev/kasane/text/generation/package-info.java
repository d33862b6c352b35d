/**
 * Continuing texts.
 *
 * <p>A {@link dev.kasane.text.generation.Generator} reads a batch of {@link dev.kasane.text.generation.Prompt}s,
 * padded in front, and then asks the model for one token a row and step. Each row has options, a seed and a state
 * of its own, so that it gets what it would get alone; with an
 * {@link dev.kasane.core.injection.AdapterRouter} each goes through adapters of its own too, over one base in one
 * pass. Scores are changed in transformers' order: repetition penalty, temperature, top-k, top-p, min-p.
 *
 * <p>Text leaves as soon as it is certain: characters that several tokens share are whole, and what could be the
 * beginning of a stop text is held back until it is clear whether it is one.
 */
package dev.kasane.text.generation;
