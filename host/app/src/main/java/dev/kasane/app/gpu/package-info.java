/**
 * libtorch for CUDA, which is on no Maven repository: fetched as the Python packages that hold it, with one command.
 *
 * <p>{@link dev.kasane.app.gpu.GpuSetup} is the way in. A lock in the resources names every wheel by size and SHA-256
 * and every library that is needed of it; {@code src/test/reference/lock_gpu.py} makes it. Wheels come from a folder or
 * from the index that the user's pip is configured for. What is there in the end is a folder that
 * {@link dev.kasane.core.tensor.GpuLibraries} describes and the engine starts.
 *
 * <pre>
 *   GpuSetup ── GpuInstallation ── GpuLock, Wheel          what belongs there, to the bit
 *      │              ├── WheelFolder
 *      │              ├── IndexWheels ── Download, PythonIndex ── Http
 *      │              └── WheelUnpacking                    whole or not at all
 *      ├── PipSettings ── PipFile                           which index, by which way
 *      └── Python ── PythonTorch                            what the user has already
 * </pre>
 *
 * <p>No address of an index stands in this program. pip's configuration names one, and where it does not, pip itself is
 * asked for its own.
 */
package dev.kasane.app.gpu;
