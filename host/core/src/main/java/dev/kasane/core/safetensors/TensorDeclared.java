package dev.kasane.core.safetensors;

/**
 * One tensor as the header declares it, its span still unchecked.
 *
 * @param begin first byte, relative to the end of the header
 * @param end byte after the last, relative to the end of the header
 */
record TensorDeclared(DType dtype, long[] shape, long begin, long end) {
}
