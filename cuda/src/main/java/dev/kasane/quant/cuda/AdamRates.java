package dev.kasane.quant.cuda;

/**
 * The numbers of one AdamW step, bias corrections folded in (Loshchilov and Hutter 2019, algorithm 2).
 *
 * @param stepSize −lr·√(1−β₂ᵗ)/(1−β₁ᵗ)
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon ε·√(1−β₂ᵗ)
 * @param decay 1 − lr·weight decay, which multiplies the parameter
 * @param gradientScale what gradients are multiplied by first
 */
public record AdamRates(
    float stepSize, float beta1, float beta2, float epsilon, float decay, float gradientScale) {
  /**
   * The numbers of a step.
   *
   * @param step counted from 1
   */
  public static AdamRates of(long step, double learningRate, double beta1, double beta2, double epsilon,
      double weightDecay, double gradientScale) {
    double second = Math.sqrt(1 - Math.pow(beta2, step));
    return new AdamRates((float) (-learningRate * second / (1 - Math.pow(beta1, step))), (float) beta1,
        (float) beta2, (float) (epsilon * second), (float) (1 - learningRate * weightDecay), (float) gradientScale);
  }

  KernelArguments append(KernelArguments arguments) {
    return arguments.number(stepSize).number(beta1).number(beta2).number(epsilon).number(decay)
        .number(gradientScale);
  }
}
