/**
 * libtorch as the rest of Kasane sees it: operators, the grad mode, tensors in and out of files.
 *
 * <p>{@link dev.kasane.core.tensor.Ops} has what every model needs: linear, convolution, norms, attention,
 * casts. Operators are written as TorchScript source in resources ({@code ops.ts.py});
 * {@link dev.kasane.core.tensor.TorchScript} packs such a source into the archive that libtorch loads and
 * binds it to an interface, whose methods are checked against the script and called with gradients. Any module,
 * a plugin too, brings a script of its own.
 *
 * <pre>
 *   Ops ── TorchScript ── TorchBridge ── libtorch
 *             │
 *       ops.ts.py, packed once
 * </pre>
 *
 * <p>Memory: native tensors are not seen by the garbage collector. A result belongs to the manager of the
 * activation that it came from, and whoever opened a manager closes it; a training or sampling step works
 * in one of its own. {@link dev.kasane.core.tensor.GradMode} says for a thread whether operators record
 * gradients. {@link dev.kasane.core.tensor.StoredTensors} moves tensors to and from safetensors files,
 * {@link dev.kasane.core.tensor.Engines} starts libtorch, whose libraries come from {@code natives}: those for the
 * CPU, unless a GPU is asked for and {@link dev.kasane.core.tensor.GpuLibraries} are installed and load.
 * {@link dev.kasane.core.tensor.OperatorThreads} gives operators the processors that other programs leave.
 *
 * <p>Devices: a tensor lies on the device of the manager that owns it. Who is given a manager makes tensors with it and
 * need not know where that is; what is read from a file or drawn at random on the host is {@code placed}. Bytes are
 * reached by {@link dev.kasane.core.tensor.HostMemory} alone. With Java's assertions on, as in tests, every call of a
 * script is held to that. What a kind of device computes in a way of its own lies beside a script, in
 * {@code text.gpu.ts.py} for {@code text.ts.py}.
 *
 * <p>What DJL gets wrong is worked around here and nowhere else: its cast to bfloat16 aborts the process,
 * it does not know that type's name and makes no tensor of it. Use {@code OPS.cast} and
 * {@link dev.kasane.core.tensor.ElementType}, which has all names of a type.
 */
package dev.kasane.core.tensor;
