package dev.kasane.diffusion.checkpoint;

import dev.kasane.core.checkpoint.TensorTransform;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Text encoder names of OpenCLIP, which Stable Diffusion 2 keeps in its single files.
 *
 * <p>Query, key and value are the three thirds of one matrix. The U-Net listens to the last block but one,
 * so transformers' encoder has one block less; the surplus block is left out.
 */
final class OpenClipNames implements PartNames {
  private static final Pattern FUSED =
      Pattern.compile("transformer\\.resblocks\\.(\\d{1,4})\\.attn\\.in_proj_(weight|bias)");
  private static final Pattern BLOCK = Pattern.compile("transformer\\.resblocks\\.(\\d{1,4})\\..*");
  private static final Set<String> WITHOUT_USE = Set.of("text_projection", "logit_scale", "attn_mask");
  private static final List<String> FUSED_ORDER = List.of("q_proj", "k_proj", "v_proj");

  private final int layers;
  private final NameTable table;

  /**
   * @param layers blocks of the encoder as transformers counts them
   */
  OpenClipNames(int layers) {
    this.layers = layers;
    this.table = table(layers);
  }

  /** All names but those of query, key and value. */
  static NameTable table(int layers) {
    NameTable table = new NameTable()
        .pair("token_embedding.weight", "text_model.embeddings.token_embedding.weight")
        .pair("positional_embedding", "text_model.embeddings.position_embedding.weight")
        .pair("ln_final", "text_model.final_layer_norm");
    for (int n = 0; n < layers; n++) {
      String original = "transformer.resblocks." + n;
      String diffusers = "text_model.encoder.layers." + n;
      table.pair(original + ".ln_1", diffusers + ".layer_norm1")
          .pair(original + ".ln_2", diffusers + ".layer_norm2")
          .pair(original + ".attn.out_proj", diffusers + ".self_attn.out_proj")
          .pair(original + ".mlp.c_fc", diffusers + ".mlp.fc1")
          .pair(original + ".mlp.c_proj", diffusers + ".mlp.fc2");
    }
    return table;
  }

  @Override
  public Optional<List<Placed>> place(String stored) {
    Matcher block = BLOCK.matcher(stored);
    if (WITHOUT_USE.contains(stored) || block.matches() && Integer.parseInt(block.group(1)) >= layers) {
      return Optional.of(List.of());
    }
    Matcher fused = FUSED.matcher(stored);
    return fused.matches()
        ? Optional.of(split(fused.group(1), fused.group(2)))
        : table.diffusers(stored).map(name -> List.of(Placed.as(name)));
  }

  private static List<Placed> split(String block, String parameter) {
    return IntStream.range(0, FUSED_ORDER.size()).mapToObj(part -> new Placed(
        "text_model.encoder.layers." + block + ".self_attn." + FUSED_ORDER.get(part) + "." + parameter,
        new TensorTransform.RowPart(part, FUSED_ORDER.size()))).toList();
  }
}
