package dev.kasane.diffusion.checkpoint;

import dev.kasane.diffusion.unet.UNetConfig;

/** U-Net module paths in the original and in diffusers' naming. */
public final class UNetNames {
  private UNetNames() {}

  /**
   * The table for a U-Net.
   *
   * @param config its configuration
   * @return original paths, without {@code model.diffusion_model.}, and diffusers paths
   */
  public static NameTable of(UNetConfig config) {
    return of(UNetLayout.of(config));
  }

  static NameTable of(UNetLayout layout) {
    NameTable table = ends();
    middle(table);
    for (int block = 0; block < layout.blocks(); block++) {
      down(table, layout, block);
      up(table, layout, block);
    }
    return table;
  }

  private static NameTable ends() {
    return new NameTable()
        .pair("time_embed.0", "time_embedding.linear_1")
        .pair("time_embed.2", "time_embedding.linear_2")
        .pair("input_blocks.0.0", "conv_in")
        .pair("out.0", "conv_norm_out")
        .pair("out.2", "conv_out");
  }

  private static void middle(NameTable table) {
    resnet(table, "middle_block.0", "mid_block.resnets.0");
    table.pair("middle_block.1", "mid_block.attentions.0");
    resnet(table, "middle_block.2", "mid_block.resnets.1");
  }

  private static void down(NameTable table, UNetLayout layout, int block) {
    String path = "down_blocks." + block;
    int first = layout.stride() * block + 1;
    for (int layer = 0; layer < layout.layersPerBlock(); layer++) {
      String original = "input_blocks." + (first + layer);
      resnet(table, original + ".0", path + ".resnets." + layer);
      if (layout.downAttention().get(block)) {
        table.pair(original + ".1", path + ".attentions." + layer);
      }
    }
    if (block < layout.blocks() - 1) {
      table.pair("input_blocks." + (first + layout.layersPerBlock()) + ".0.op", path + ".downsamplers.0.conv");
    }
  }

  private static void up(NameTable table, UNetLayout layout, int block) {
    String path = "up_blocks." + block;
    boolean attention = layout.upAttention().get(block);
    int first = layout.stride() * block;
    for (int layer = 0; layer <= layout.layersPerBlock(); layer++) {
      String original = "output_blocks." + (first + layer);
      resnet(table, original + ".0", path + ".resnets." + layer);
      if (attention) {
        table.pair(original + ".1", path + ".attentions." + layer);
      }
    }
    if (block < layout.blocks() - 1) {
      // It comes after the attention where there is one.
      String original = "output_blocks." + (first + layout.layersPerBlock()) + (attention ? ".2" : ".1");
      table.pair(original + ".conv", path + ".upsamplers.0.conv");
    }
  }

  private static void resnet(NameTable table, String original, String diffusers) {
    table.pair(original + ".in_layers.0", diffusers + ".norm1")
        .pair(original + ".in_layers.2", diffusers + ".conv1")
        .pair(original + ".emb_layers.1", diffusers + ".time_emb_proj")
        .pair(original + ".out_layers.0", diffusers + ".norm2")
        .pair(original + ".out_layers.3", diffusers + ".conv2")
        .pair(original + ".skip_connection", diffusers + ".conv_shortcut");
  }
}
