package dev.kasane.bench;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.safetensors.HalfPrecision;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.checkpoint.KnownBase;
import dev.kasane.diffusion.checkpoint.NameTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A file in original names with the shapes of Stable Diffusion 1.5 and random weights: U-Net, text encoder, and as
 * many bytes as its autoencoder has, which merging copies.
 */
final class RandomCheckpoint {
  private static final int BLOCK_ELEMENTS = 1 << 20;
  private static final double DEVIATION = 0.02;
  private static final long AUTOENCODER_ELEMENTS = 83_653_863;

  private RandomCheckpoint() {}

  /**
   * @param file where to
   * @param precision stored type
   */
  static void write(Path file, ElementType precision) {
    ByteBuffer block = block(precision);
    List<TensorDeclaration> tensors = new ArrayList<>();
    shapes().forEach((name, shape) -> {
      long bytes = shape.size() * precision.stored().byteSize();
      tensors.add(new TensorDeclaration(name, precision.stored(), shape.getShape(),
          channel -> repeat(block, bytes, channel)));
    });
    SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
  }

  private static Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    NameTable unet = KnownBase.SD1.unetNames();
    Map<String, Map<String, Shape>> weights = KnownBase.SD1.weights();
    weights.get(KnownBase.UNET).forEach((name, shape) ->
        shapes.put("model.diffusion_model." + unet.original(name).orElseThrow(), shape));
    weights.get(KnownBase.TEXT_ENCODER).forEach((name, shape) ->
        shapes.put("cond_stage_model.transformer." + name, shape));
    shapes.put("first_stage_model.all", new Shape(AUTOENCODER_ELEMENTS));
    return shapes;
  }

  private static ByteBuffer block(ElementType precision) {
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
