package dev.kasane.diffusion.pipeline;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.diffusion.pipeline.PipelineOps.PIPELINE;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.scheduler.Scheduler;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * Draws pictures: noise → latents → pixels.
 *
 * <p>Every random number comes from libtorch's CPU generator, seeded with the request's seed, in the order
 * in which {@code diffusers} draws them; so the same base and request give the picture that it gives.
 */
public final class Sampler {
  private final ImageModel model;

  /**
   * @param model the base, with whatever adapters are attached when a picture is drawn
   */
  public Sampler(ImageModel model) {
    this.model = model;
  }

  /**
   * Draws a picture.
   *
   * @param request what to draw
   * @param progress told of steps done and steps in all
   * @throws UserException when a number of the request is out of range, or the picture is no finite numbers
   */
  public Picture draw(PictureRequest request, BiConsumer<Integer, Integer> progress) {
    try (NDManager scope = Engines.newManager(model.unet().device()); GradMode off = GradMode.off()) {
      return decode(drawLatents(request, progress, scope));
    }
  }

  /** The latents of a picture, before the autoencoder turns them into pixels. */
  NDArray drawLatents(PictureRequest request, BiConsumer<Integer, Integer> progress, NDManager scope) {
    request.check(model);
    TorchBridge.seed(request.seed());
    try (GradMode off = GradMode.off();
        Scheduler scheduler = request.scheduler().newScheduler(model.scheduler(), request.steps())) {
      return denoise(request, scheduler, context(request, scope), progress, scope);
    }
  }

  private NDArray context(PictureRequest request, NDManager scope) {
    PromptEncoder encoder = new PromptEncoder(model, request.clipSkip());
    return request.guidance() > 1
        ? encoder.encodePair(request.prompt(), request.negative(), scope)
        : encoder.encode(request.prompt(), scope);
  }

  private NDArray denoise(PictureRequest request, Scheduler scheduler, NDArray context,
      BiConsumer<Integer, Integer> progress, NDManager scope) {
    int first = request.start().map(from -> scheduler.firstStep(from.strength())).orElse(0);
    int steps = scheduler.timesteps().length;
    NDArray latents = request.start().isPresent()
        ? startLatents(request, scheduler, first, scope)
        : freshLatents(request, scope).mul(scheduler.initNoiseSigma());
    for (int step = first; step < steps; step++) {
      try (NDManager inner = scope.newSubManager()) {
        latents.attach(inner);
        NDArray prediction = predict(scheduler, latents, step, context, request.guidance());
        NDArray next = scheduler.step(prediction, step, latents, shape -> Ops.randomNormal(inner, shape));
        next.attach(scope);
        latents = next;
      }
      progress.accept(step - first + 1, steps - first);
    }
    return latents;
  }

  private NDArray predict(Scheduler scheduler, NDArray latents, int step, NDArray context, double guidance) {
    NDArray input = scheduler.scaleModelInput(latents, step);
    boolean guided = guidance > 1;
    NDArray batch = guided ? input.concat(input, 0) : input;
    float timestep = (float) scheduler.timesteps()[step];
    NDArray timesteps = latents.getManager().full(new Shape(batch.getShape().get(0)), timestep, DataType.FLOAT32);
    NDArray output = model.unet().forward(OPS.cast(batch, model.type()), timesteps, context);
    NDArray prediction = OPS.cast(output, DataType.FLOAT32);
    return guided ? PIPELINE.guide(prediction, guidance) : prediction;
  }

  private NDArray freshLatents(PictureRequest request, NDManager scope) {
    int reduction = model.vae().config().reduction();
    return Ops.randomNormal(scope, new Shape(1, model.unet().config().latents().inChannels(),
        request.height() / reduction, request.width() / reduction));
  }

  private NDArray startLatents(PictureRequest request, Scheduler scheduler, int first, NDManager scope) {
    NDArray pixels = tensor(request.start().orElseThrow().picture(), scope);
    NDArray moments = model.vae().encodeMoments(
        OPS.cast(PIPELINE.toSigned(pixels), model.autoencoderType()));
    NDArray clean = PIPELINE.drawLatents(moments, freshLatents(request, scope))
        .mul(model.vae().config().scalingFactor());
    return scheduler.addNoise(clean, freshLatents(request, scope), first);
  }

  private static NDArray tensor(Picture picture, NDManager scope) {
    ByteBuffer bytes = ByteBuffer.wrap(picture.rgb());
    return scope.create(bytes, new Shape(1, picture.height(), picture.width(), 3), DataType.UINT8);
  }

  /** What is no number would become black. */
  private void requireNumbers(NDArray decoded) {
    if (!Double.isFinite(OPS.cast(decoded.sum(), DataType.FLOAT64).getDouble())) {
      throw new UserException("The picture came out as no finite numbers, computed in "
          + model.type().name().toLowerCase(Locale.ROOT) + ", and is not written. The base or an adapter is damaged, or"
          + " an adapter's strength far too large; in float16 numbers overflow, use bfloat16 or float32.");
    }
  }

  private Picture decode(NDArray latents) {
    NDArray unscaled = latents.div(model.vae().config().scalingFactor());
    NDArray decoded = model.vae().decode(OPS.cast(unscaled, model.autoencoderType()));
    requireNumbers(decoded);
    NDArray bytes = PIPELINE.toBytes(decoded);
    Shape shape = bytes.getShape();
    return new Picture((int) shape.get(2), (int) shape.get(1), bytes.toByteArray());
  }
}
