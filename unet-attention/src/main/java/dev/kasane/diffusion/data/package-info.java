/**
 * From a folder of captioned pictures to the pixels and captions of each training step.
 *
 * <p>The way of a picture:
 *
 * <ol>
 *   <li>{@link dev.kasane.diffusion.data.PictureFolder} finds it and its repeats,
 *   <li>{@link dev.kasane.diffusion.data.PictureReader} decodes it to upright, opaque 8-bit sRGB,
 *   <li>a {@link dev.kasane.diffusion.data.CaptionSource} knows its caption,
 *   <li>{@link dev.kasane.diffusion.data.PictureDataset#scan} gathers all that and
 *       {@link dev.kasane.diffusion.data.DatasetReport} shows it before anything is computed,
 *   <li>{@link dev.kasane.diffusion.data.BucketPlan} gives it a size near its own shape, and a
 *       {@link dev.kasane.diffusion.data.Placement} scales and crops it,
 *   <li>{@link dev.kasane.diffusion.data.BatchPlan} says in which step it is shown, and
 *       {@link dev.kasane.diffusion.data.CaptionPipeline} with which words.
 * </ol>
 *
 * <p>Two rules hold throughout. Nothing is lost in silence: what cannot be used is named, with the reason.
 * And nothing depends on what went before: order, flips, crops and captions are functions of the seed and of
 * the place in the run, so that a resumed run is the same run.
 *
 * <p>{@link dev.kasane.diffusion.data.PicturePng} and {@link dev.kasane.diffusion.data.PictureGrid} take
 * pictures out again. Nothing here knows tensors or models.
 */
package dev.kasane.diffusion.data;
