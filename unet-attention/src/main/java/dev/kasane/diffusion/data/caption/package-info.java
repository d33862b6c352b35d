/**
 * Where a picture's caption stands, and what may be done to it.
 *
 * <p>Start with {@link dev.kasane.diffusion.data.caption.CaptionSource} and its two kinds: a text beside the picture
 * ({@code SidecarCaptions}) and the folder's {@code metadata.jsonl} ({@code MetadataCaptions}). Both read strict UTF-8,
 * so that no caption is trained on as question marks. {@link dev.kasane.diffusion.data.caption.AdapterTag} finds the tags
 * of other programs' prompts, which are no words, in captions and prompts alike.
 */
package dev.kasane.diffusion.data.caption;
