/**
 * What an adapter file is, told from names, shapes and metadata alone.
 *
 * <p>{@link dev.kasane.app.inspect.Inspector} reads the header of a safetensors file, or interprets the
 * pickle of a PyTorch checkpoint, and never touches tensor values but for single numbers such as {@code alpha}. No
 * engine starts, and the size of a file does not matter.
 *
 * <p>{@link dev.kasane.app.inspect.TensorListing} is what a file holds, whichever container it is.
 * {@link dev.kasane.app.inspect.AdapterContents} is what the formats and methods that are installed make of it: whose the
 * keys are, which modules there are and what each is. This package knows no key and no parameter; what people ask about
 * and no plugin reads is the small list {@link dev.kasane.app.inspect.Unread}.
 * {@link dev.kasane.app.base.ModelFamilies} tells for which base the file was made, and
 * {@link dev.kasane.app.inspect.Integrity} what is wrong with it, which no command then uses. The commands that use
 * adapters choose the format by the same contents.
 */
package dev.kasane.app.inspect;
