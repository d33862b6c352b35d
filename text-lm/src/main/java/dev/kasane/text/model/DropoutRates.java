package dev.kasane.text.model;

/**
 * What a model leaves out while it is trained: probabilities, from 0 to below 1.
 *
 * @param embedding for an element of the first layer's input
 * @param attention for a weight of the attention
 * @param residual for an element of what attention and feed-forward add
 */
public record DropoutRates(double embedding, double attention, double residual) {
  /** Nothing is left out. */
  public static final DropoutRates NONE = new DropoutRates(0, 0, 0);

  /** The rates of a model that leaves out nothing but weights of the attention. */
  public static DropoutRates ofAttention(double rate) {
    return new DropoutRates(0, rate, 0);
  }

  /** Whether there is nothing to leave out. */
  public boolean isNone() {
    return equals(NONE);
  }
}
