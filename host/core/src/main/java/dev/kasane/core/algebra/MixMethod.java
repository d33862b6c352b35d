package dev.kasane.core.algebra;

import dev.kasane.core.UserException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Ways to make one adapter of several, named as PEFT's {@code add_weighted_adapter} names them. */
public enum MixMethod {
  /**
   * Ranks side by side: exactly the weighted sum, at the sum of the ranks. (sd-scripts' {@code merge_lora --concat} is
   * another one: there a ratio counts squared, and the more ranks there are, the less everything counts.)
   */
  CAT(Sparsity.NONE, Election.NONE, false),
  /** Factors summed one by one, at one rank; a rough approximation of the sum. */
  LINEAR(Sparsity.NONE, Election.NONE, false),
  /** The weighted sum, cut to a rank. */
  SVD(Sparsity.NONE, Election.NONE, true),
  /** TIES (Yadav et al. 2023) on the factors. */
  TIES(Sparsity.LARGEST, Election.SIGN, false),
  /** TIES on the updates, cut to a rank. */
  TIES_SVD(Sparsity.LARGEST, Election.SIGN, true),
  /** DARE (Yu et al. 2023) on the factors. */
  DARE_LINEAR(Sparsity.RANDOM, Election.NONE, false),
  /** DARE on the updates, cut to a rank. */
  DARE_LINEAR_SVD(Sparsity.RANDOM, Election.NONE, true),
  /** DARE and TIES on the factors. */
  DARE_TIES(Sparsity.RANDOM, Election.SIGN, false),
  /** DARE and TIES on the updates, cut to a rank. */
  DARE_TIES_SVD(Sparsity.RANDOM, Election.SIGN, true),
  /** The smallest entries of the factors dropped, then summed. */
  MAGNITUDE_PRUNE(Sparsity.LARGEST, Election.NONE, false),
  /** The smallest entries of the updates dropped, then summed and cut to a rank. */
  MAGNITUDE_PRUNE_SVD(Sparsity.LARGEST, Election.NONE, true);

  private final Sparsity sparsity;
  private final Election election;
  private final boolean dense;

  MixMethod(Sparsity sparsity, Election election, boolean dense) {
    this.sparsity = sparsity;
    this.election = election;
    this.dense = dense;
  }

  /** Which entries of a tensor stay. */
  enum Sparsity { NONE, LARGEST, RANDOM }

  /** Whether entries of the losing sign are left out. */
  enum Election { NONE, SIGN }

  Sparsity sparsity() {
    return sparsity;
  }

  boolean electsSign() {
    return election == Election.SIGN;
  }

  /** Whether the updates themselves are mixed, not their factors, and then cut to a rank. */
  public boolean isDense() {
    return dense;
  }

  /** Whether it needs a density. */
  public boolean isSparse() {
    return sparsity != Sparsity.NONE;
  }

  /** Whether the result depends on a seed. */
  public boolean isRandom() {
    return sparsity == Sparsity.RANDOM;
  }

  /** The name that users type: {@code dare-ties-svd}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The method of a typed name; underscores do as well as hyphens.
   *
   * @throws UserException when there is none
   */
  public static MixMethod named(String name) {
    String wanted = name.strip().toUpperCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(values()).filter(each -> each.name().equals(wanted)).findFirst()
        .orElseThrow(() -> new UserException("'" + name + "' is no way to mix adapters. Use one of "
            + Arrays.stream(values()).map(MixMethod::toString).collect(Collectors.joining(", ")) + "."));
  }
}
