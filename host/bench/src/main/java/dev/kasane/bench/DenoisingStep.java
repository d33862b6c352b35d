package dev.kasane.bench;

import static dev.kasane.diffusion.training.DiffusionOps.DIFFUSION;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.training.Objective;
import dev.kasane.core.training.SegmentedRun;
import dev.kasane.diffusion.unet.UNet2DConditionModel;

/**
 * The mean squared error of the U-Net's answer to random latents, in the way of the real objective: with
 * everything kept for backward, or in segments that are computed again.
 */
final class DenoisingStep implements Objective<DenoisingStep.Example> {
  private final UNet2DConditionModel unet;
  private final boolean checkpointing;

  DenoisingStep(UNet2DConditionModel unet, boolean checkpointing) {
    this.unet = unet;
    this.checkpointing = checkpointing;
  }

  /**
   * One batch of a single picture.
   *
   * @param latents (1, channels, side, side)
   * @param timesteps (1)
   * @param context (1, tokens, width)
   * @param target of the latents' shape
   * @param weights (1)
   */
  record Example(NDArray latents, NDArray timesteps, NDArray context, NDArray target, NDArray weights) {
    static Example random(BenchmarkSize size, NDManager owner) {
      Shape shape = new Shape(1, size.config().latents().inChannels(), size.latentSide(), size.latentSide());
      Shape context = new Shape(1, BenchmarkSize.CONTEXT_TOKENS, size.config().crossAttentionWidth());
      return new Example(Ops.randomNormal(owner, shape), owner.full(new Shape(1), 500f, DataType.FLOAT32),
          Ops.randomNormal(owner, context), Ops.randomNormal(owner, shape), owner.ones(new Shape(1)));
    }

    private NDArray loss(NDArray prediction) {
      return DIFFUSION.weightedSquaredError(prediction, target, weights);
    }
  }

  /** The same tensors as members of a step's scope: results belong to where their first operand does. */
  private static Example within(Example example, NDManager scope) {
    return new Example(alias(example.latents(), scope), alias(example.timesteps(), scope),
        alias(example.context(), scope), example.target(), example.weights());
  }

  private static NDArray alias(NDArray array, NDManager scope) {
    NDArray alias = array.stopGradient();
    alias.attach(scope);
    return alias;
  }

  @Override
  public NDArray loss(Example batch, NDManager scope) {
    Example example = within(batch, scope);
    return example.loss(unet.forward(example.latents(), example.timesteps(), example.context()));
  }

  @Override
  public double backward(Example batch, NDManager scope, double weight) {
    if (!checkpointing) {
      return Objective.super.backward(batch, scope, weight);
    }
    try (GradMode on = GradMode.on()) {
      Example example = within(batch, scope);
      NDList state = unet.state(example.latents(), example.timesteps(), example.context());
      try (SegmentedRun run = new SegmentedRun(unet.segments(), 1, scope)) {
        run.forward(state);
        return run.backward(example::loss, weight);
      }
    }
  }
}
