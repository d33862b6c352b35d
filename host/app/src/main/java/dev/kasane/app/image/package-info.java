/**
 * Drawing pictures from the command line's point of view: which base, which adapters, which files.
 *
 * <p>{@link dev.kasane.app.image.DemoBaseLocation} finds the base that comes with Kasane.
 * {@link dev.kasane.app.image.PictureFiles} gives pictures
 * names that never hit a file that exists, {@link dev.kasane.app.image.PictureText} is what a picture says
 * about itself, and {@link dev.kasane.app.image.PictureRun} draws and writes them one by one.
 */
package dev.kasane.app.image;
