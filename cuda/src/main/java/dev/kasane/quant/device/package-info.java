/**
 * Weights and optimisers on a device: what {@link dev.kasane.quant} and {@link dev.kasane.quant.optimizer} do on the
 * CPU, done by the kernels of {@link dev.kasane.quant.cuda}.
 *
 * <p>Codes, scales and states are tensors of libtorch's on that device, and so is what weights are decoded into: its
 * allocator owns all of it. Kernels are queued on the stream that libtorch computes on, so that nothing has to wait.
 * Weights that a device has no room for wait on the host: {@link dev.kasane.quant.device.OffloadedWeights}.
 * Whoever chooses the device calls {@link dev.kasane.quant.device.DeviceWeights} and
 * {@link dev.kasane.quant.device.DeviceOptimizers}; the CPU half knows of neither.
 */
package dev.kasane.quant.device;
