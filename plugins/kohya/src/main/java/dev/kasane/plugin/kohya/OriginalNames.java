package dev.kasane.plugin.kohya;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names that the original Stable Diffusion code gives a U-Net's layers ({@code input_blocks.4.1…}),
 * from diffusers' names.
 *
 * <p>The original counts blocks straight through: a level with L residual blocks takes L + 1 numbers on the
 * way down, the last for the downsampler, and L + 1 on the way up.
 */
final class OriginalNames {
  private static final String IN_LEVEL = "\\.(\\d+)\\.(resnets|attentions)\\.(\\d+)\\.(.+)";
  private static final Pattern DOWN = Pattern.compile("down_blocks" + IN_LEVEL);
  private static final Pattern UP = Pattern.compile("up_blocks" + IN_LEVEL);
  private static final Pattern MIDDLE = Pattern.compile("mid_block\\.(resnets|attentions)\\.(\\d+)\\.(.+)");
  private static final Pattern DOWNSAMPLER =
      Pattern.compile("down_blocks\\.(\\d+)\\.downsamplers\\.0\\.conv");
  private static final Pattern UPSAMPLER = Pattern.compile("up_blocks\\.(\\d+)\\.upsamplers\\.0\\.conv");
  private static final Map<String, String> RESIDUAL = Map.of(
      "norm1", "in_layers.0",
      "conv1", "in_layers.2",
      "time_emb_proj", "emb_layers.1",
      "norm2", "out_layers.0",
      "conv2", "out_layers.3",
      "conv_shortcut", "skip_connection");
  private static final Map<String, String> SINGLE = Map.of(
      "conv_in", "input_blocks.0.0",
      "conv_norm_out", "out.0",
      "conv_out", "out.2",
      "time_embedding.linear_1", "time_embed.0",
      "time_embedding.linear_2", "time_embed.2",
      "add_embedding.linear_1", "label_emb.0.0",
      "add_embedding.linear_2", "label_emb.0.2");

  private static final Pattern ATTENDING = Pattern.compile("up_blocks\\.(\\d+)\\.attentions\\..+");

  private static final Pattern BLOCK =
      Pattern.compile("(?:input_blocks|middle_block|output_blocks|time_embed|label_emb|out)\\.\\d+\\.");

  private final int numbersPerLevel;
  private final Set<Integer> attendingLevels;

  /** Takes all layer paths of a U-Net, diffusers names; the number of blocks a level is read off them. */
  OriginalNames(Collection<String> paths) {
    this(2 + paths.stream().map(DOWN::matcher).filter(Matcher::matches)
            .mapToInt(matcher -> number(matcher, 3)).max().orElse(1),
        paths.stream().map(ATTENDING::matcher).filter(Matcher::matches)
            .map(matcher -> number(matcher, 1)).collect(Collectors.toSet()));
  }

  private OriginalNames(int numbersPerLevel, Set<Integer> attendingLevels) {
    this.numbersPerLevel = numbersPerLevel;
    this.attendingLevels = attendingLevels;
  }

  /** The names of Stable Diffusion XL, whose two coarser levels attend, whatever layers are at hand. */
  static OriginalNames ofXl() {
    return new OriginalNames(3, Set.of(0, 1));
  }

  /** Whether a key begins with the original name of a block. */
  static boolean isOne(String key) {
    return BLOCK.matcher(key).lookingAt();
  }

  /** The original name of a layer, or nothing for a layer that the original does not have. */
  Optional<String> of(String path) {
    if (SINGLE.containsKey(path)) {
      return Optional.of(SINGLE.get(path));
    }
    return inBlock(path).or(() -> middle(path)).or(() -> resampler(path));
  }

  private Optional<String> inBlock(String path) {
    Matcher down = DOWN.matcher(path);
    if (down.matches()) {
      int number = numbersPerLevel * number(down, 1) + number(down, 3) + 1;
      return inner(down.group(2), down.group(4), "input_blocks." + number);
    }
    Matcher up = UP.matcher(path);
    if (up.matches()) {
      int number = numbersPerLevel * number(up, 1) + number(up, 3);
      return inner(up.group(2), up.group(4), "output_blocks." + number);
    }
    return Optional.empty();
  }

  private static Optional<String> inner(String kind, String rest, String block) {
    return kind.equals("attentions")
        ? Optional.of(block + ".1." + rest)
        : Optional.ofNullable(RESIDUAL.get(rest)).map(name -> block + ".0." + name);
  }

  private static Optional<String> middle(String path) {
    Matcher middle = MIDDLE.matcher(path);
    if (!middle.matches()) {
      return Optional.empty();
    }
    if (middle.group(1).equals("attentions")) {
      return Optional.of("middle_block.1." + middle.group(3));
    }
    return Optional.ofNullable(RESIDUAL.get(middle.group(3)))
        .map(name -> "middle_block." + 2 * number(middle, 2) + "." + name);
  }

  private Optional<String> resampler(String path) {
    Matcher down = DOWNSAMPLER.matcher(path);
    if (down.matches()) {
      return Optional.of("input_blocks." + numbersPerLevel * (number(down, 1) + 1) + ".0.op");
    }
    Matcher up = UPSAMPLER.matcher(path);
    if (!up.matches()) {
      return Optional.empty();
    }
    int level = number(up, 1);
    int number = numbersPerLevel * (level + 1) - 1;
    return Optional.of("output_blocks." + number + "." + (attendingLevels.contains(level) ? 2 : 1) + ".conv");
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
