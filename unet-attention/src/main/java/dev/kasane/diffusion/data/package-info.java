/**
 * From a folder of captioned pictures to the pixels and captions of each training step.
 *
 * <p>The way of a picture:
 *
 * <ol>
 *   <li>{@link dev.kasane.diffusion.data.PictureFolder} finds it and its repeats,
 *   <li>{@link dev.kasane.diffusion.picture.PictureReader} decodes it,
 *   <li>a {@link dev.kasane.diffusion.data.caption.CaptionSource} knows its caption,
 *   <li>{@link dev.kasane.diffusion.data.PictureDataset#scan} gathers all that and
 *       {@link dev.kasane.diffusion.data.DatasetReport} shows it before anything is computed,
 *   <li>{@code data.batch} gives it a size, a crop and a step to be shown in, and
 *       {@link dev.kasane.diffusion.data.CaptionPipeline} says with which words.
 * </ol>
 *
 * <p>Two rules hold throughout. Nothing is lost in silence: what cannot be used is named, with the reason.
 * And nothing depends on what went before: order, flips, crops and captions are functions of the seed and of
 * the place in the run, so that a resumed run is the same run.
 *
 * <p>Start with {@link dev.kasane.diffusion.data.PictureDataset}. Nothing here knows tensors or models.
 */
package dev.kasane.diffusion.data;
