/**
 * What the commands {@code mix}, {@code merge}, {@code unmerge}, {@code extract} and {@code resize} do with
 * files: reading adapters with the formats of the plugins, the computing of {@code dev.kasane.core.algebra},
 * self-tests, and writing results that say what they were made of.
 *
 * <p>An adapter can be read without its base model: {@link dev.kasane.app.algebra.AdapterReader} then takes
 * the published bases that Kasane knows by their layers, and the one that the file fits best. With
 * {@code --base} the base's own layers count, and methods whose update depends on the base weight work too.
 */
package dev.kasane.app.algebra;
