package dev.kasane.quant.cuda;

/**
 * The kernels of one device, and what it can run of them.
 *
 * @param quant the kernels
 * @param fusedProducts whether the products with 4-bit weights run there: they need tensor cores for bfloat16
 */
public record DeviceKernels(QuantKernels quant, boolean fusedProducts) {}
