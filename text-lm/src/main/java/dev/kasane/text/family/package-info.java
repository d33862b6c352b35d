/**
 * The families of language models: Llama, Mistral, Qwen 2, Gemma 2, GPT-NeoX, GPT-2, OPT.
 *
 * <p>A family is one class: which {@code architectures} it answers to, what its keys in {@code config.json} are
 * called, and the table of its names. It computes nothing; it fills in a
 * {@link dev.kasane.text.model.DecoderConfig}. A new family whose parts are known is a page of code and a line in
 * {@link dev.kasane.text.family.Families}; what is not built (cross-attention, say) is refused by key.
 */
package dev.kasane.text.family;
