/**
 * Checkpoints: files full of named tensors, and how a model gets its weights from them.
 *
 * <p>A {@link dev.kasane.core.checkpoint.TensorSource} is a set of named tensors whose shapes are known and
 * whose values are read one at a time. A safetensors file is one; so are several files with an index, a
 * pickled PyTorch checkpoint, and a {@link dev.kasane.core.checkpoint.RenamedSource}, which shows another
 * source under other names and in other forms. Model families build theirs from these and never open files.
 *
 * <p>{@link dev.kasane.core.checkpoint.WeightLoader} holds a source against a model built from its
 * configuration and gives each declared weight its value. It says in one message everything that does not
 * fit, and what the file looks like if it is something else. {@link dev.kasane.core.checkpoint.WeightWriter}
 * goes the other way, from any source to a safetensors file.
 *
 * <p>Adapter files are small and come in many grammars: {@link dev.kasane.core.checkpoint.AdapterFile} and
 * {@link dev.kasane.core.checkpoint.AdapterFileWriter} are what the formats have in common, and
 * {@link dev.kasane.core.checkpoint.KeyRepair} copies a file under other keys.
 *
 * <p>Memory: a safetensors file in the wanted precision is used where it lies, mapped from disk, without a
 * copy. Such weights are read-only. The file may be deleted or replaced by a rename while it is in use, as
 * all of Kasane's writers do, but must not be truncated or written to in place.
 */
package dev.kasane.core.checkpoint;
