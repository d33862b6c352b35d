/**
 * What an adapter file is, told from names, shapes and metadata alone.
 *
 * <p>{@link dev.kasane.app.inspect.Inspector} reads the header of a safetensors file, or interprets the
 * pickle of a PyTorch checkpoint, and never touches tensor values but for the single numbers under
 * {@code alpha}. No engine starts, and the size of a file does not matter.
 *
 * <p>{@link dev.kasane.app.inspect.TensorListing} is what a file holds, whichever container it is.
 * {@link dev.kasane.app.inspect.AdapterLayout} is the table of key grammars: it tells the format and takes
 * keys apart into module and parameter. {@link dev.kasane.app.inspect.AdapterAlgorithm} tells from a module's
 * parameters what kind of adapter it is, {@link dev.kasane.app.base.ModelFamilies} for which base it was made,
 * and {@link dev.kasane.app.inspect.Integrity} what is wrong with it, which no command then uses. Reading
 * adapters for use is the business of the formats that plugins bring; this package only says what a file is,
 * also when no plugin can read it.
 */
package dev.kasane.app.inspect;
