/**
 * A reader for PyTorch checkpoints ({@code .pt}, {@code .bin}, {@code .ckpt}) that runs nothing.
 *
 * <p>Such a file is a Python pickle, a program for a small stack machine, beside the raw bytes of the
 * tensors. Python's own reader lets that program call any function; opening a checkpoint from a stranger
 * can therefore run a stranger's code. This reader interprets the same instructions but can only build
 * plain values (dict, list, tuple, set, text, bytes, numbers, truth values, none) and descriptions of
 * tensors. A reference to anything else ends the reading with its name, except for a short list of classes
 * that training tools leave in their checkpoints: those become inert
 * {@link dev.kasane.core.pickle.OpaqueObject}s.
 *
 * <p>Both containers of {@code torch.save} are read: the zip archive (since PyTorch 1.6: the pickle in
 * {@code data.pkl}, each storage in an entry {@code data/N}, either byte order) and the older stream (magic
 * number, version, system information, pickle, list of storages, storages). Tensor bytes are mapped, not
 * loaded.
 *
 * <p>Everything is bounded, since the file is not trusted: instructions, text, nesting, sizes against the
 * file. The result contains no cycle and, written out in full, stays small, so walking it is safe.
 *
 * <p>Instruction set: {@code pickletools} of CPython, protocols 0 to 5. Containers:
 * {@code torch.serialization}. Depends on {@code dev.kasane.core.safetensors} for element types.
 */
package dev.kasane.core.pickle;
