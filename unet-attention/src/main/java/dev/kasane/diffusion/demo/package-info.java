/**
 * The little world that the embedded demo base is trained on, drawn with Java2D and described in words.
 *
 * <p>A {@link dev.kasane.diffusion.demo.Scene} is five independent choices: what stands there, its colour,
 * how many (one to three), the place and the weather. {@link dev.kasane.diffusion.demo.SceneGenerator} picks
 * scenes uniformly and keeps a few pairs of object and colour out of training, so that a trained base can be
 * asked for something it never saw. {@link dev.kasane.diffusion.demo.SceneCaption} says exactly what a scene
 * shows; {@link dev.kasane.diffusion.demo.SceneLayout} turns it into outlines in unit coordinates, which two
 * renderers colour in: {@link dev.kasane.diffusion.demo.ScenePainter}, flat and colourful, makes the pictures
 * of the base; {@link dev.kasane.diffusion.demo.InkPainter}, black hatching on cream paper, makes the style
 * that {@link dev.kasane.diffusion.demo.SampleImages} teaches. {@link dev.kasane.diffusion.demo.VaePictures}
 * mixes both with plain textures for the autoencoder.
 *
 * <p>The world is made for a small model: an 8x autoencoder sees a 128 pixel picture as 16x16 cells, so
 * objects span four cells or more, stand in fixed rows, are outlined in dark and carry no fine detail.
 * Everything is a pure function of its seed.
 */
package dev.kasane.diffusion.demo;
