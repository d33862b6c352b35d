package dev.kasane.app.cli.options;

import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.BlockWeights;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Strengths of adapters block by block; use it as a mixin. */
public final class BlockWeightOptions {
  @RecipeKey
  @Option(names = "--block-weight", paramLabel = "[N:]PATTERN=W", converter = Words.OfBlock.class,
      description = "Strength for some blocks, multiplied with the adapter's own: mid_block=0.5,"
          + " up_blocks.1=0, attn2=1.2, or 2:text_encoder=0 for the second adapter alone. A pattern is a regular"
          + " expression for whole parts of a layer's path; the first that fits counts. Repeatable.")
  private List<BlockWeight> blocks = new ArrayList<>();

  /**
   * The weights of every adapter, in their order.
   *
   * @param adapters how many there are
   * @throws UserException when a weight is for an adapter that is not there
   */
  public List<BlockWeights> of(int adapters) {
    blocks.stream().filter(each -> each.adapter() > adapters || adapters == 0).findFirst().ifPresent(each -> {
      throw new UserException(adapters == 0
          ? "Option --block-weight " + each + " was given, but no adapter. Name one with --adapter, or leave it out."
          : "Option --block-weight " + each + " is for adapter " + each.adapter() + ", but only " + adapters
              + " named.");
    });
    List<BlockWeights> all = new ArrayList<>();
    for (int adapter = 1; adapter <= adapters; adapter++) {
      all.add(BlockWeight.of(blocks, adapter));
    }
    return all;
  }

  /** As they could have been typed. */
  public List<String> words() {
    return blocks.stream().map(BlockWeight::toString).toList();
  }
}
