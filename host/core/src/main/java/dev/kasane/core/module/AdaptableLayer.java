package dev.kasane.core.module;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.core.spi.TargetLayer;
import java.util.ArrayList;
import java.util.List;

/** A layer with a weight, an optional bias and any number of adapters, each with its own strength. */
public abstract class AdaptableLayer extends Module implements TargetLayer {
  private final List<Attachment> attachments = new ArrayList<>();
  private final Kind kind;
  private final Weight weight;
  /** Null when there is none. */
  private final Weight bias;

  /**
   * @param kind what the layer computes
   * @param biased whether it has a bias, a number for each size of the weight's first axis
   * @param shape the weight's
   */
  AdaptableLayer(Kind kind, boolean biased, long... shape) {
    this.kind = kind;
    this.weight = weight("weight", shape);
    this.bias = biased ? weight("bias", shape[0]) : null;
  }

  /** A layer without bias that shows another's weight until it is given its own. */
  AdaptableLayer(Kind kind, AdaptableLayer lender) {
    this.kind = kind;
    this.weight = tiedWeight("weight", lender.weight);
    this.bias = null;
  }

  @Override
  public final Kind kind() {
    return kind;
  }

  /** The layer's operation with its own weight and bias. */
  protected abstract NDArray applyBase(NDArray x);

  /**
   * The layer with its adapters.
   *
   * @param x the input
   * @return base(x) + Σ multiplier-weighted updates, computed from the pristine base
   */
  public final NDArray forward(NDArray x) {
    NDArray y = applyBase(x);
    for (Attachment each : attachments) {
      if (each.multiplier() != 0) {
        NDArray before = y;
        y = each.update().addTo(before, x, each.multiplier(), each.phase());
        if (y != before) {
          before.close();
        }
      }
    }
    return y;
  }

  /** Attaches an adapter; several add up. */
  public final void attach(Attachment attachment) {
    attachments.add(attachment);
  }

  /** Takes an adapter off again; the base was never touched. */
  public final void detach(Attachment attachment) {
    attachments.remove(attachment);
  }

  /** Whether nothing is attached. */
  protected final boolean isBare() {
    return attachments.isEmpty();
  }

  /** What is attached now. */
  public final List<Attachment> attachments() {
    return List.copyOf(attachments);
  }

  @Override
  public final FrozenWeight weight() {
    return weight.get();
  }

  /**
   * Puts another weight of the same shape in the place of the layer's own.
   *
   * <p>The weight that was there is not closed.
   */
  public final void replaceWeight(FrozenWeight replacement) {
    weight.set(replacement);
  }

  /** Puts a weight over the layer's own and all that covers it, for merging, or takes it off again with null. */
  public final void mergeWeight(FrozenWeight merged) {
    weight.merge(merged);
  }

  @Override
  public final boolean hasBias() {
    return bias != null;
  }

  /**
   * The bias.
   *
   * @throws IllegalStateException when the layer has none
   */
  public final FrozenWeight bias() {
    return requireBias().get();
  }

  /** Puts a bias over the layer's own, as {@link #mergeWeight} does with the weight. */
  public final void mergeBias(FrozenWeight merged) {
    requireBias().merge(merged);
  }

  private Weight requireBias() {
    if (!hasBias()) {
      throw new IllegalStateException("Layer " + path() + " has no bias");
    }
    return bias;
  }

  @Override
  public final String path() {
    return place();
  }
}
