package dev.kasane.plugin.cloneofsimo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order in which the scripts met a model's layers: that of registration in the diffusers and transformers
 * of early 2023, below the classes that the file names.
 */
final class LayerOrder {
  private static final Pattern TRANSFORMER = Pattern.compile(
      "(down_blocks|up_blocks|mid_block)(?:\\.(\\d+))?\\.attentions\\.(\\d+)\\.transformer_blocks\\.(\\d+)"
          + "\\.(attn1|attn2|ff)\\.(to_q|to_k|to_v|to_out\\.0|net\\.0\\.proj)");
  private static final Pattern RESIDUAL = Pattern.compile(
      "(down_blocks|up_blocks|mid_block)(?:\\.(\\d+))?\\.resnets\\.(\\d+)"
          + "\\.(conv1|time_emb_proj|conv2|conv_shortcut)");
  private static final Pattern TEXT = Pattern.compile(
      "(?:text_model\\.)?encoder\\.layers\\.(\\d+)\\.self_attn\\.(k_proj|v_proj|q_proj|out_proj)");
  private static final List<String> PARTS = List.of("down_blocks", "up_blocks", "mid_block");
  private static final List<String> ATTENTION = List.of("to_q", "to_k", "to_v", "to_out.0", "net.0.proj");
  private static final List<String> CONVOLUTIONS = List.of("conv1", "time_emb_proj", "conv2", "conv_shortcut");
  private static final List<String> TEXT_ATTENTION = List.of("k_proj", "v_proj", "q_proj", "out_proj");
  /** Where a transformer block had its feed-forward: between its attentions, later after them. */
  private static final List<String> EARLY = List.of("attn1", "ff", "attn2");
  private static final List<String> LATE = List.of("attn1", "attn2", "ff");

  private final Set<String> classes;
  private final List<String> branches;

  /**
   * @param classes the classes below which the scripts looked for layers
   * @param early whether feed-forwards come between the attentions
   */
  LayerOrder(Set<String> classes, boolean early) {
    this.classes = classes;
    this.branches = early ? EARLY : LATE;
  }

  private record Placed(String path, int[] place) {}

  /** The U-Net's or text encoder's layers that the scripts adapted, in their order. */
  List<String> of(Collection<String> paths) {
    List<Placed> placed = new ArrayList<>();
    for (String path : paths) {
      int[] place = place(path);
      if (place.length > 0) {
        placed.add(new Placed(path, place));
      }
    }
    placed.sort(Comparator.comparing(Placed::place, Arrays::compare));
    return placed.stream().map(Placed::path).toList();
  }

  /** Numbers that sort like the walk; none for a layer that is not below the classes. */
  private int[] place(String path) {
    Matcher transformer = TRANSFORMER.matcher(path);
    if (transformer.matches()) {
      boolean gate = transformer.group(5).equals("ff");
      boolean wanted = gate ? classes.contains("GEGLU")
          : classes.contains("CrossAttention") || classes.contains("Attention");
      return !wanted ? new int[0] : new int[] {PARTS.indexOf(transformer.group(1)),
          number(transformer.group(2)), 0, number(transformer.group(3)), number(transformer.group(4)),
          branches.indexOf(transformer.group(5)), ATTENTION.indexOf(transformer.group(6))};
    }
    Matcher residual = RESIDUAL.matcher(path);
    if (residual.matches() && classes.contains("ResnetBlock2D")) {
      return new int[] {PARTS.indexOf(residual.group(1)), number(residual.group(2)), 1,
          number(residual.group(3)), CONVOLUTIONS.indexOf(residual.group(4))};
    }
    Matcher text = TEXT.matcher(path);
    return text.matches() && classes.contains("CLIPAttention")
        ? new int[] {number(text.group(1)), TEXT_ATTENTION.indexOf(text.group(2))} : new int[0];
  }

  private static int number(String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
