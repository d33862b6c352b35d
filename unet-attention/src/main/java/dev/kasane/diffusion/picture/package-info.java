/**
 * Picture files and the pixels in them.
 *
 * <p>{@link dev.kasane.diffusion.picture.PictureReader} decodes a file to an upright, opaque 8-bit sRGB
 * {@link dev.kasane.diffusion.picture.Picture}: it knows the format by its first bytes ({@code FileSignature}), the
 * orientation by Exif ({@code OrientationReader}) and the colours by the profile in it ({@code EmbeddedProfile}, {@code
 * RgbConversion}), and stops what claims to be larger than it may be. {@link dev.kasane.diffusion.picture.PicturePng} writes
 * pictures with the texts that go with them and reads those texts again; {@code PictureGrid} puts several on one sheet.
 * {@code Lanczos} scales as Pillow does.
 *
 * <p>Start with {@code Picture}, then {@code PictureReader}. Nothing here knows captions, data sets, tensors or models.
 */
package dev.kasane.diffusion.picture;
