/**
 * The kernels on a GPU, without a compiler or a toolkit on the user's machine.
 *
 * <pre>
 *   *.cu in resources ── KernelCompiler (NVRTC, cubins kept on disk) ── CudaLauncher (driver API)
 *                                                                          │
 *   addresses of tensors ── QuantKernels (which kernel, which grid) ── KernelLauncher
 *                                                                          │
 *   the same *.cu as C++ behind a shim ──────────────────────────── the tests' launcher
 * </pre>
 *
 * <p>{@link dev.kasane.quant.cuda.QuantKernels} is the only class that knows the kernels' names and arguments, and
 * it is the same on a GPU and in the tests. {@link dev.kasane.quant.cuda.Gpu#find} says either which GPU there is or
 * why none can be used; everything then goes on the CPU.
 */
package dev.kasane.quant.cuda;
