package dev.kasane.diffusion.checkpoint;

import dev.kasane.core.checkpoint.TensorTransform;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Autoencoder module paths in the original and in diffusers' naming.
 *
 * <p>The original numbers the decoder's resolutions from fine to coarse, diffusers from coarse to fine. The
 * original's attention is of 1×1 convolutions, that of diffusers of linear layers.
 */
final class VaeNames implements PartNames {
  /** The attention's names in diffusers files before 0.17, which the published SD 1.x and 2.x still have. */
  private static final Map<String, String> EARLY_ATTENTION =
      Map.of("query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0");
  private static final String ATTENTION = "mid_block.attentions.0.";

  private final NameTable table;

  private VaeNames(NameTable table) {
    this.table = table;
  }

  /**
   * The names of an autoencoder.
   *
   * @param blocks number of resolutions
   * @param layersPerBlock residual blocks of an encoder block
   */
  static VaeNames of(int blocks, int layersPerBlock) {
    return new VaeNames(table(blocks, layersPerBlock));
  }

  static NameTable table(int blocks, int layersPerBlock) {
    NameTable table = new NameTable()
        .pair("quant_conv", "quant_conv").pair("post_quant_conv", "post_quant_conv");
    for (String half : List.of("encoder", "decoder")) {
      table.pair(half + ".conv_in", half + ".conv_in")
          .pair(half + ".norm_out", half + ".conv_norm_out")
          .pair(half + ".conv_out", half + ".conv_out");
      middle(table, half);
    }
    for (int level = 0; level < blocks; level++) {
      boolean coarsest = level == blocks - 1;
      encoderLevel(table, level, layersPerBlock, coarsest);
      decoderLevel(table, level, blocks, layersPerBlock);
    }
    return table;
  }

  private static void middle(NameTable table, String half) {
    resnet(table, half + ".mid.block_1", half + ".mid_block.resnets.0");
    resnet(table, half + ".mid.block_2", half + ".mid_block.resnets.1");
    String original = half + ".mid.attn_1.";
    String diffusers = half + "." + ATTENTION;
    table.pair(original + "norm", diffusers + "group_norm")
        .pair(original + "q", diffusers + "to_q")
        .pair(original + "k", diffusers + "to_k")
        .pair(original + "v", diffusers + "to_v")
        .pair(original + "proj_out", diffusers + "to_out.0");
  }

  private static void encoderLevel(NameTable table, int level, int layers, boolean coarsest) {
    String original = "encoder.down." + level;
    String diffusers = "encoder.down_blocks." + level;
    for (int layer = 0; layer < layers; layer++) {
      resnet(table, original + ".block." + layer, diffusers + ".resnets." + layer);
    }
    if (!coarsest) {
      table.pair(original + ".downsample.conv", diffusers + ".downsamplers.0.conv");
    }
  }

  private static void decoderLevel(NameTable table, int level, int blocks, int layers) {
    String original = "decoder.up." + level;
    String diffusers = "decoder.up_blocks." + (blocks - 1 - level);
    for (int layer = 0; layer <= layers; layer++) {
      resnet(table, original + ".block." + layer, diffusers + ".resnets." + layer);
    }
    if (level > 0) {
      table.pair(original + ".upsample.conv", diffusers + ".upsamplers.0.conv");
    }
  }

  private static void resnet(NameTable table, String original, String diffusers) {
    for (String module : List.of("norm1", "conv1", "norm2", "conv2")) {
      table.pair(original + "." + module, diffusers + "." + module);
    }
    table.pair(original + ".nin_shortcut", diffusers + ".conv_shortcut");
  }

  /** Where a tensor with an original name belongs. The training loss's own network is left out. */
  @Override
  public Optional<List<Placed>> place(String original) {
    return original.startsWith("loss.")
        ? Optional.of(List.of())
        : table.diffusers(original).map(VaeNames::placed);
  }

  /** Where a tensor of a diffusers file belongs, early or current. */
  static Optional<List<Placed>> placeDiffusers(String stored) {
    String name = stored;
    for (Map.Entry<String, String> each : EARLY_ATTENTION.entrySet()) {
      name = name.replace(ATTENTION + each.getKey() + ".", ATTENTION + each.getValue() + ".");
    }
    return Optional.of(placed(name));
  }

  private static List<Placed> placed(String name) {
    boolean matrix = name.contains(ATTENTION + "to_") && name.endsWith(".weight");
    return List.of(new Placed(name,
        matrix ? new TensorTransform.PointwiseAxes(2) : new TensorTransform.Identity()));
  }
}
