package dev.kasane.diffusion.base;

import ai.djl.ndarray.types.DataType;
import dev.kasane.core.family.Activations;
import dev.kasane.core.family.PlannedModel;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  private static final int CONTEXT_TOKENS = 77;
  private static final int LATENT_SHRINKS = 8;
  private static final Pattern UNET_BLOCK = Pattern.compile("(down|up|mid)_blocks?(?:\\.(\\d+))?\\..*");
  private static final Pattern UNET_LAYER =
      Pattern.compile("((?:down|up|mid)_blocks?(?:\\.\\d+)?)\\.(?:resnets|attentions)\\.(\\d+)\\..*");

  /**
   * A U-Net for counting and forecasting.
   *
   * @param resolution pixels of a picture's side
   */
  static PlannedModel plan(UNetConfig config, int resolution) {
    int side = resolution / LATENT_SHRINKS;
    int coarsest = config.downsamplings();
    Module root = new UNet2DConditionModel(config);
    PictureActivations rule = new PictureActivations(root, path -> positions(path, side, coarsest),
        PictureActivations::pictureBlock, (long) config.latents().outChannels() * side * side);
    return new PlannedModel("unet", ImageBase.quantisable(root), PictureActivations::pictureBlock, "lora_unet_", 0, "",
        (adapted, type) -> rule.of(type));
  }

  private static long positions(String path, int side, int coarsest) {
    if (path.contains("time_emb")) {
      return 1;
    }
    if (path.endsWith("attn2.to_k") || path.endsWith("attn2.to_v")) {
      return CONTEXT_TOKENS;
    }
    long here = Math.max(1, side >> level(path, coarsest));
    return here * here;
  }

  private static int level(String path, int coarsest) {
    Matcher block = UNET_BLOCK.matcher(path);
    if (!block.matches()) {
      return 0;
    }
    return switch (block.group(1)) {
      case "down" -> Integer.parseInt(block.group(2));
      case "up" -> coarsest - Integer.parseInt(block.group(2));
      default -> coarsest;
    };
  }

  private static String pictureBlock(String path) {
    Matcher layer = UNET_LAYER.matcher(path);
    return layer.matches() ? layer.group(1) + "." + layer.group(2) : "";
  }

  private Activations of(DataType type) {
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
