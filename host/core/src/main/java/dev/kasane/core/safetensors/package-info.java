/**
 * The safetensors file format: bytes and records only, no tensors of any engine.
 *
 * <p>A file is eight bytes of little-endian header length, a JSON header, then the raw tensor bytes. The
 * header maps each tensor name to its element type, shape and byte span, and the key {@code __metadata__}
 * to free text pairs. That is all there is, which is why the format is safe to open: nothing in it runs.
 *
 * <p>{@link dev.kasane.core.safetensors.SafetensorsFile} reads and checks the header alone, so opening a
 * model of many gigabytes costs kilobytes; tensor bytes are mapped into memory when asked for. Old writers
 * did not align the data, so every access here works at odd addresses.
 * {@link dev.kasane.core.safetensors.SafetensorsWriter} asks for one tensor's bytes at a time and puts them into a
 * {@link dev.kasane.core.files.PendingFile}. {@link dev.kasane.core.safetensors.SealedFile} is for files that a later
 * process trusts: it carries a checksum of all its bytes and is refused when one of them has changed.
 *
 * <p>The rules are those of the reference implementation (package {@code safetensors} 0.8): spans follow
 * one another without hole or overlap and end with the file. In two points this reader is stricter, because
 * both leave open which of two readings was meant: repeated keys and a header that does not begin with a
 * brace are refused.
 *
 * <p>This package depends on nothing else of Kasane but the writing of files and threads.
 */
package dev.kasane.core.safetensors;
