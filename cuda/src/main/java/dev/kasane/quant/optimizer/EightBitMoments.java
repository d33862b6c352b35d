package dev.kasane.quant.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.HostMemory;
import dev.kasane.core.training.StateMemory;
import dev.kasane.quant.format.BlockSize;
import dev.kasane.quant.format.DynamicMap;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * A moment in 8 bits with a scale for each block. Codes are the nearest ones: the coarse bins of bitsandbytes'
 * CPU path would drop small moments.
 */
final class EightBitMoments implements Moments {
  private final DynamicMap map;
  private final NDArray codes;
  private final NDArray scales;
  private final ByteBuffer codeBytes;
  private final ByteBuffer scaleBytes;

  EightBitMoments(String name, Shape shape, DynamicMap map, StateMemory memory) {
    int blocks = BlockSize.blocks(shape.size(), BlockSize.NESTED);
    this.map = map;
    this.codes = memory.zeros(name, shape, DataType.UINT8);
    this.scales = memory.zeros(name + " scales", new Shape(blocks), DataType.FLOAT32);
    this.codeBytes = HostMemory.of(codes);
    this.scaleBytes = HostMemory.of(scales);
  }

  @Override
  public void read(int block, float[] into, int length) {
    float scale = scaleBytes.getFloat(block * Float.BYTES);
    for (int i = 0; i < length; i++) {
      into[i] = map.value(codeBytes.get(block * BlockSize.NESTED + i) & 0xff) * scale;
    }
  }

  @Override
  public void write(int block, float[] values, int length) {
    float largest = 0;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    scaleBytes.putFloat(block * Float.BYTES, largest);
    float inverse = largest == 0 ? 0 : 1f / largest;
    for (int i = 0; i < length; i++) {
      codeBytes.put(block * BlockSize.NESTED + i, (byte) map.nearest(values[i] * inverse));
    }
  }

  @Override
  public NDArray numbers() {
    return codes;
  }

  @Override
  public Optional<NDArray> scales() {
    return Optional.of(scales);
  }

  @Override
  public Map<String, NDArray> tensors() {
    return Map.of("codes", codes, "scales", scales);
  }
}
