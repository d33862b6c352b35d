package dev.kasane.bench;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.checkpoint.Precision;
import dev.kasane.core.safetensors.HalfPrecision;
import dev.kasane.core.safetensors.SafetensorsException;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.diffusion.checkpoint.KnownBase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A U-Net file with the shapes of Stable Diffusion 1.5 and random weights, as large as wanted. */
final class RandomCheckpoint {
  private static final int BLOCK_ELEMENTS = 1 << 20;
  private static final double DEVIATION = 0.02;

  private RandomCheckpoint() {}

  /**
   * @param file where to
   * @param precision stored type
   * @param bytes how large at most; tensors are taken in the model's order
   */
  static void write(Path file, Precision precision, long bytes) throws SafetensorsException {
    ByteBuffer block = block(precision);
    List<TensorDeclaration> tensors = new ArrayList<>();
    long total = 0;
    for (Map.Entry<String, Shape> each : KnownBase.SD1.weights().get(KnownBase.UNET).entrySet()) {
      TensorDeclaration tensor = new TensorDeclaration(each.getKey(), precision.stored(),
          each.getValue().getShape(), channel -> { });
      total += tensor.byteLength();
      if (total <= bytes) {
        tensors.add(new TensorDeclaration(tensor.name(), tensor.dtype(), tensor.shape(),
            channel -> repeat(block, tensor.byteLength(), channel)));
      }
    }
    SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
  }

  private static ByteBuffer block(Precision precision) {
    Random random = new Random(1);
    int width = precision.stored().byteSize();
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_ELEMENTS * width).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < BLOCK_ELEMENTS; i++) {
      float value = (float) (random.nextGaussian() * DEVIATION);
      switch (precision) {
        case FLOAT32 -> block.putFloat(value);
        case FLOAT16 -> block.putShort(HalfPrecision.floatToHalf(value));
        case BFLOAT16 -> block.putShort(HalfPrecision.floatToBfloat16(value));
      }
    }
    return block.flip();
  }

  private static void repeat(ByteBuffer block, long bytes, WritableByteChannel channel) throws IOException {
    for (long done = 0; done < bytes; done += block.capacity()) {
      channel.write(block.duplicate().limit((int) Math.min(block.capacity(), bytes - done)));
    }
  }
}
