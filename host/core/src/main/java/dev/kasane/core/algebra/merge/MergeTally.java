package dev.kasane.core.algebra.merge;

import dev.kasane.core.UserException;
import dev.kasane.core.algebra.AlgebraProgress;
import dev.kasane.core.algebra.Verification;
import dev.kasane.core.algebra.Verifier;
import java.util.ArrayList;
import java.util.List;

/** Keeps count of the tensors of a merge, on whichever thread they come. */
final class MergeTally {
  private final int total;
  private final boolean subtract;
  private final boolean verify;
  private final AlgebraProgress steps;
  private final List<String> unchanged = new ArrayList<>();
  private int done;
  private double error;
  private double bound;

  MergeTally(int total, boolean subtract, boolean verify, AlgebraProgress steps) {
    this.total = total;
    this.subtract = subtract;
    this.verify = verify;
    this.steps = steps;
  }

  synchronized void add(String tensor, WeightUpdate.Accuracy updated, boolean changed) {
    if (verify && !(updated.error() <= updated.bound())) {
      throw new UserException("The self-test failed at tensor '" + tensor + "': merged weights and attached"
          + " adapters differ by " + updated.error() + ", bound " + updated.bound()
          + ". The file was not written.");
    }
    error = Verifier.worse(error, updated.error());
    bound = Math.max(bound, updated.bound());
    if (!changed) {
      unchanged.add(tensor);
    }
    steps.done(++done, total);
  }

  /** Tensors in which every update was rounded away, sorted. */
  synchronized List<String> unchanged() {
    return unchanged.stream().sorted().toList();
  }

  /** What has been measured so far. */
  synchronized Verification verification() {
    return verify
        ? Verification.of((subtract ? "unmerged" : "merged") + " output equals attached output", error, bound)
        : new Verification(List.of());
  }
}
