package dev.kasane.quant.checkpoint;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.safetensors.DType;
import dev.kasane.quant.QuantisedWeight;

/** A quantised tensor of a checkpoint: what is known of it before its codes are read. */
interface StoredQuantised {
  /** The tensor's name. */
  String name();

  /** The dense tensor's shape. */
  Shape shape();

  /** The dense tensor's stored type. */
  DType dtype();

  /** The dense tensor's type. */
  DataType dataType();

  /** Whether a tensor of the file is a part of this one. */
  boolean owns(String part);

  /**
   * Reads codes and scales.
   *
   * @throws dev.kasane.core.UserException when scales are not finite
   */
  QuantisedWeight weight(DataType type, NDManager owner);
}
