package dev.kasane.core.pickle.values;

import dev.kasane.core.safetensors.DType;

/**
 * A tensor in a checkpoint: how to find its elements in its storage. All of it has been checked to lie
 * within the storage.
 *
 * @param dtype element type
 * @param shape sizes of the dimensions, each at least 0; empty for a scalar
 * @param strides steps between neighbours along each dimension, in elements, at least 0
 * @param storageOffset the first element's index in the storage
 * @param storage where the elements are
 */
public record PickledTensor(
    DType dtype, long[] shape, long[] strides, long storageOffset, StorageLocation storage) {
  /** Copies the arrays, so that the tensor cannot change. */
  public PickledTensor {
    shape = shape.clone();
    strides = strides.clone();
  }

  /** A copy of the sizes of the dimensions. */
  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** A copy of the strides. */
  @Override
  public long[] strides() {
    return strides.clone();
  }

  /** Number of elements, the product of the shape. */
  public long elementCount() {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return count;
  }

  /** Bytes of all elements laid out one after another. */
  public long byteLength() {
    return elementCount() * dtype.byteSize();
  }

  /** Whether the elements lie in the storage in row-major order without gaps. */
  public boolean isContiguous() {
    long expected = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      // The stride of a dimension of size one is never used.
      if (shape[i] != 1 && strides[i] != expected && elementCount() != 0) {
        return false;
      }
      expected *= shape[i];
    }
    return true;
  }

  /** Number of storage elements from the first to the last that the tensor uses; 0 for an empty one. */
  public long extent() {
    if (elementCount() == 0) {
      return 0;
    }
    long last = 0;
    for (int i = 0; i < shape.length; i++) {
      last += (shape[i] - 1) * strides[i];
    }
    return last + 1;
  }
}
