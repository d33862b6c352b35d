/**
 * A reader for PyTorch checkpoints ({@code .pt}, {@code .bin}, {@code .ckpt}) that runs nothing.
 *
 * <p>Such a file is a Python pickle, a program for a small stack machine, beside the raw bytes of the
 * tensors. Python's own reader lets that program call any function; opening a checkpoint from a stranger
 * can therefore run a stranger's code. This reader interprets the same instructions but can only build
 * plain values and descriptions of tensors.
 *
 * <pre>
 *   TorchCheckpoint ──► container ──► machine ──► values
 *     one file's door     where the     the only     what can
 *     and its tensors     parts lie     code run     come out
 * </pre>
 *
 * <p>Start with {@link dev.kasane.core.pickle.TorchCheckpoint}. Tensor bytes are mapped, not loaded ({@code
 * StorageReader}, {@code TensorGather}).
 *
 * <p>Everything is bounded, since the file is not trusted: instructions, text, nesting, sizes against the
 * file. The result contains no cycle and, written out in full, stays small, so walking it is safe. Inside, a fault is
 * a {@link dev.kasane.core.pickle.values.MalformedPickle} without the file's name; the door adds it.
 *
 * <p>Depends on {@code dev.kasane.core.safetensors} for element types.
 */
package dev.kasane.core.pickle;
