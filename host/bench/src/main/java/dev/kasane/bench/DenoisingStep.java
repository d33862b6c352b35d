package dev.kasane.bench;

import static dev.kasane.core.tensor.Ops.OPS;
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
import dev.kasane.diffusion.unet.UNetConfig;

/**
 * The mean squared error of the U-Net's answer to random latents, in the way of the real objective: with
 * everything kept for backward, or in segments that are computed again.
 */
record DenoisingStep(UNet2DConditionModel unet, boolean checkpointing) implements Objective<DenoisingStep.Example> {
  /**
   * One batch.
   *
   * @param latents (batch, channels, side, side), in the type of the model
   * @param timesteps (batch), float32
   * @param context (batch, tokens, width), in the type of the model
   * @param target of the latents' shape, float32
   * @param weights (batch), float32
   */
  record Example(NDArray latents, NDArray timesteps, NDArray context, NDArray target, NDArray weights) {
    static Example random(UNetConfig config, int batch, int side, DataType type, NDManager owner) {
      Shape shape = new Shape(batch, config.latents().inChannels(), side, side);
      Shape context = new Shape(batch, BenchmarkSize.CONTEXT_TOKENS, config.crossAttentionWidth());
      return new Example(OPS.cast(Ops.randomNormal(owner, shape), type),
          owner.full(new Shape(batch), 500f, DataType.FLOAT32), OPS.cast(Ops.randomNormal(owner, context), type),
          Ops.randomNormal(owner, shape), owner.ones(new Shape(batch)));
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
  public NDArray backward(Example batch, NDManager scope, double weight) {
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
