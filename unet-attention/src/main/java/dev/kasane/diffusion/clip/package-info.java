/**
 * The text encoder: token ids in, one vector for each token out.
 *
 * <p>{@link dev.kasane.diffusion.clip.ClipTextModel} is CLIP's text transformer as Stable Diffusion uses
 * it. SD 1.x has OpenAI's ViT-L/14 and SD 2.x OpenCLIP's ViT-H without its last layer; to this code they
 * differ only in the numbers and the activation of {@link dev.kasane.diffusion.clip.ClipConfig}. XL's
 * second encoder, ViT-bigG, also projects the last token to one vector for the whole text. What the
 * U-Net attends to are the vectors after the final normalisation, optionally of an earlier layer.
 *
 * <pre>
 *   prompt ── tokenizer ── ids (chunks, 77) ── ClipTextModel ── (chunks, 77, width)
 * </pre>
 *
 * <p>{@link dev.kasane.diffusion.clip.LearnedWords} are tokens beyond the vocabulary, with vectors from a file of
 * their own (textual inversion); tokeniser and encoder get them together, in
 * {@link dev.kasane.diffusion.pipeline.ImageModel#withWords}.
 *
 * <p>Ids come from {@link dev.kasane.diffusion.clip.tokenizer}; weights of words and prompts of several
 * chunks are put together in {@link dev.kasane.diffusion.pipeline.PromptEncoder}. Names are those of
 * transformers, without the {@code text_encoder} in front. The numbers are held to transformers'
 * {@code CLIPTextModel} by golden values.
 */
package dev.kasane.diffusion.clip;
