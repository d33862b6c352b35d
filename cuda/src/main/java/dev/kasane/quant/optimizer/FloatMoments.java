package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.HostMemory;
import dev.kasane.core.training.StateMemory;
import dev.kasane.quant.format.BlockSize;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Optional;

/** A moment as float32, for parameters so small that 8 bits save nothing. */
final class FloatMoments implements Moments {
  private final NDArray values;
  private final FloatBuffer floats;

  FloatMoments(String name, Shape shape, StateMemory memory) {
    this.values = memory.zeros(name, shape, DataType.FLOAT32);
    this.floats = HostMemory.of(values).asFloatBuffer();
  }

  @Override
  public void read(int block, float[] into, int length) {
    floats.get(block * BlockSize.NESTED, into, 0, length);
  }

  @Override
  public void write(int block, float[] from, int length) {
    floats.put(block * BlockSize.NESTED, from, 0, length);
  }

  @Override
  public NDArray numbers() {
    return values;
  }

  @Override
  public Optional<NDArray> scales() {
    return Optional.empty();
  }

  @Override
  public Map<String, NDArray> tensors() {
    return Map.of("values", values);
  }
}
