package dev.kasane.app.params;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.TargetLayer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * What a U-Net keeps for backward, by a rule of thumb: what each layer reads and writes once, a fifth more for what
 * lies between them (normalised and opened values), and of the result a float32 copy and its gradient. In segments:
 * the states between the blocks, the largest block's share of the above, and the same for the result.
 *
 * @param root the model
 * @param positions at how many positions a layer of a path works: latent pixels at its resolution
 * @param block which block, run again as one in training by segments, a path belongs to
 * @param result elements of the output
 */
record PictureActivations(Module root, ToLongFunction<String> positions, Function<String, String> block, long result) {
  private static final int FLOAT_BYTES = 4;
  private static final double BETWEEN_LAYERS = 1.2;

  Activations of(DataType type) {
    Collection<AdaptableLayer> layers = root.adaptableLayers().values();
    long size = type.getNumOfBytes();
    long all = layers.stream().mapToLong(this::traffic).sum();
    Map<String, Long> inside = new LinkedHashMap<>();
    Map<String, Long> between = new LinkedHashMap<>();
    layers.forEach(layer -> {
      String name = block.apply(layer.path());
      inside.merge(name, traffic(layer), Long::sum);
      between.put(name, positions.applyAsLong(layer.path()) * layer.outputs());
    });
    long largest = inside.values().stream().mapToLong(Long::longValue).max().orElse(0);
    long states = between.values().stream().mapToLong(Long::longValue).sum();
    long end = result * (size + 2 * FLOAT_BYTES);
    return new Activations((long) (BETWEEN_LAYERS * all * size) + end,
        (long) ((states + BETWEEN_LAYERS * largest) * size) + end);
  }

  /** Elements that a layer reads and writes. */
  private long traffic(AdaptableLayer layer) {
    long read = layer.kind() == TargetLayer.Kind.EMBEDDING ? 0 : layer.inputs();
    return positions.applyAsLong(layer.path()) * (read + layer.outputs());
  }
}
