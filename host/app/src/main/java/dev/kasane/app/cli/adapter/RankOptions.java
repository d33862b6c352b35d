package dev.kasane.app.cli.adapter;

import dev.kasane.core.UserException;
import dev.kasane.core.algebra.RankRule.Kind;
import dev.kasane.core.algebra.RankRule;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine;

/** How many ranks are kept; use it as a mixin. */
final class RankOptions {
  private static final int LARGEST = 8192;

  @Option(names = "--rank", paramLabel = "N",
      description = "Ranks to keep; with a dynamic rule, at most so many.")
  private Integer rank;

  @Option(names = "--conv-rank", paramLabel = "N",
      description = "The same for convolutions larger than 1x1 (default: as --rank).")
  private Integer convolutionRank;

  @Option(names = "--min-rank", paramLabel = "N", defaultValue = "1",
      description = "With a dynamic rule, at least so many (default: ${DEFAULT-VALUE}).")
  private int least;

  /**
   * The rule for linear layers.
   *
   * @param dynamic the targets of dynamic rules, null where not given
   * @throws ParameterException unless exactly one rule is given
   */
  RankRule linear(CommandLine command, Map<Kind, Double> dynamic) {
    List<Kind> given = dynamic.keySet().stream().filter(kind -> dynamic.get(kind) != null).toList();
    if (given.size() > 1 || given.isEmpty() && rank == null) {
      throw new ParameterException(command, given.isEmpty() ? "Say how many ranks to keep, with --rank or one of"
          + " the dynamic rules." : "Give one dynamic rule, not several.");
    }
    try {
      int most = Objects.requireNonNullElse(rank, LARGEST);
      return given.isEmpty() ? RankRule.fixed(most)
          : RankRule.of(given.get(0), dynamic.get(given.get(0))).within(least, most);
    } catch (UserException e) {
      throw new ParameterException(command, e.getMessage(), e);
    }
  }

  /** The rule for larger kernels. */
  RankRule convolution(RankRule linear) {
    return convolutionRank == null ? linear
        : new RankRule(linear.kind(), linear.target(), Math.min(linear.least(), convolutionRank), convolutionRank);
  }
}
