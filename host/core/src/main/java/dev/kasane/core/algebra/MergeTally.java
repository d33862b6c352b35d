package dev.kasane.core.algebra;

import dev.kasane.core.UserException;
import java.util.ArrayList;
import java.util.List;

/** Keeps count of the tensors of a merge. */
final class MergeTally {
  private final int total;
  private final boolean subtract;
  private final boolean verify;
  private final Steps steps;
  private final List<String> unchanged = new ArrayList<>();
  private int done;
  private double error;
  private double bound;

  MergeTally(int total, boolean subtract, boolean verify, Steps steps) {
    this.total = total;
    this.subtract = subtract;
    this.verify = verify;
    this.steps = steps;
  }

  void add(String tensor, WeightUpdate.Updated updated) {
    if (verify && !(updated.error() <= updated.bound())) {
      throw new UserException("The self-test failed at tensor '" + tensor + "': merged weights and attached"
          + " adapters differ by " + updated.error() + ", bound " + updated.bound()
          + ". The file was not written.");
    }
    error = Verifier.worse(error, updated.error());
    bound = Math.max(bound, updated.bound());
    if (!updated.changed()) {
      unchanged.add(tensor);
    }
    steps.done(++done, total);
  }

  List<String> unchanged() {
    return List.copyOf(unchanged);
  }

  /** What has been measured so far. */
  Verification verification() {
    return verify
        ? Verification.of((subtract ? "unmerged" : "merged") + " output equals attached output", error, bound)
        : new Verification(List.of());
  }
}
