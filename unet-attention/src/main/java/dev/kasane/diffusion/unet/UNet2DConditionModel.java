package dev.kasane.diffusion.unet;

import static dev.kasane.core.tensor.Ops.OPS;
import static dev.kasane.diffusion.unet.UNetOps.UNET;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.kasane.core.module.Blocks;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import dev.kasane.core.module.Segment;
import dev.kasane.diffusion.unet.UNetConfig.Sinusoids;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The denoiser of Stable Diffusion 1.x, 2.x (Rombach et al. 2022, section 3.3) and XL (Podell et al. 2023),
 * under diffusers' names.
 *
 * <p>It runs as a chain of {@link Segment}s over {@link UNetState}, so that training
 * can keep the states between the segments and recompute the rest.
 */
public final class UNet2DConditionModel extends Module {
  private final UNetConfig config;
  private final Conv2d convIn;
  private final TimeEmbedding timeEmbedding;
  private final TimeEmbedding addedEmbedding;
  private final Blocks<UNetBlock> downBlocks = new Blocks<>();
  private final Blocks<UNetBlock> upBlocks = new Blocks<>();
  private final UNetBlock midBlock;
  private final GroupNorm normOut;
  private final Conv2d convOut;
  private final List<Segment> segments;

  /**
   * Builds the modules; weights come later.
   *
   * @param config the U-Net's shape
   */
  public UNet2DConditionModel(UNetConfig config) {
    this.config = config;
    int first = config.levels().get(0).channels();
    convIn = child("conv_in", new Conv2d(config.latents().inChannels(), first, 3, 1, 1));
    timeEmbedding = child("time_embedding", new TimeEmbedding(first, config.timeWidth()));
    addedEmbedding = config.added()
        .map(added -> child("add_embedding", new TimeEmbedding(added.inputWidth(), config.timeWidth())))
        .orElse(null);
    child("down_blocks", downBlocks);
    child("up_blocks", upBlocks);
    for (int level = 0; level <= config.downsamplings(); level++) {
      downBlocks.add(UNetBlock.down(config, level));
      upBlocks.add(UNetBlock.up(config, level));
    }
    midBlock = child("mid_block", UNetBlock.middle(config));
    normOut = child("conv_norm_out", new GroupNorm(config.norms().groups(), first, config.norms().epsilon()));
    convOut = child("conv_out", new Conv2d(first, config.latents().outChannels(), 3, 1, 1));
    segments = List.copyOf(chain());
  }

  /** The U-Net's shape. */
  public UNetConfig config() {
    return config;
  }

  /**
   * Predicts noise or velocity.
   *
   * @param sample (batch, channels, height, width) noisy latents; their type is the type of the computation
   * @param timesteps (batch)
   * @param context (batch, tokens, width) of the text encoder
   * @return of the sample's shape
   */
  public NDArray forward(NDArray sample, NDArray timesteps, NDArray context) {
    return run(state(sample, timesteps, context));
  }

  /**
   * Predicts noise or velocity with {@link UNetConfig.AddedConditions}.
   *
   * @param sample (batch, channels, height, width) noisy latents
   * @param timesteps (batch)
   * @param context (batch, tokens, width) of the text encoders
   * @param pooled (batch, width) the second text encoder's projection of the whole text
   * @param numbers (batch, 6) original height and width, top and left of the crop, wanted height and width
   * @return of the sample's shape
   */
  public NDArray forward(
      NDArray sample, NDArray timesteps, NDArray context, NDArray pooled, NDArray numbers) {
    return run(state(sample, timesteps, context, pooled, numbers));
  }

  private NDArray run(NDList given) {
    NDList state = given;
    for (Segment segment : segments) {
      NDList next = segment.forward(state);
      closeLeftovers(state, given, next);
      state = next;
    }
    return state.singletonOrThrow();
  }

  /**
   * Closes what no later segment gets. Backward keeps what it needs by itself; anything else would lie in
   * memory until the caller's scope ends. By identity: arrays that are equal are still two.
   */
  private static void closeLeftovers(NDList state, NDList given, NDList next) {
    Set<NDArray> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    needed.addAll(given);
    needed.addAll(next);
    state.stream().filter(needed::add).forEach(NDArray::close);
  }

  /** The first state of the chain: what {@link #forward} takes. */
  public NDList state(NDArray sample, NDArray timesteps, NDArray context) {
    return new NDList(sample, timesteps, OPS.castLike(context, sample));
  }

  /** The first state of the chain with {@link UNetConfig.AddedConditions}. */
  public NDList state(NDArray sample, NDArray timesteps, NDArray context, NDArray pooled, NDArray numbers) {
    return new NDList(sample, timesteps, OPS.castLike(context, sample), pooled, numbers);
  }

  /** The chain; the first entry of the last state is the prediction. */
  public List<Segment> segments() {
    return segments;
  }

  private List<Segment> chain() {
    List<UnaryOperator<UNetState>> chain = new ArrayList<>();
    chain.add(this::enter);
    for (UNetBlock block : downBlocks.list()) {
      for (int i = 0; i < block.layers(); i++) {
        int layer = i;
        chain.add(state -> state.pushed(block.layer(layer, state.hidden(), state)));
      }
      if (block.downsamples()) {
        chain.add(state -> state.pushed(block.downsample(state.hidden())));
      }
    }
    chain.add(this::middle);
    for (UNetBlock block : upBlocks.list()) {
      for (int i = 0; i < block.layers(); i++) {
        int layer = i;
        chain.add(state -> up(block, layer, state));
      }
    }
    List<Segment> segments = new ArrayList<>();
    chain.forEach(step -> segments.add(list -> step.apply(UNetState.of(list)).list()));
    segments.add(list -> leave(UNetState.of(list)));
    return segments;
  }

  private UNetState enter(UNetState state) {
    NDArray sample = state.hidden();
    if ((addedEmbedding == null) != state.waiting().isEmpty()) {
      throw new IllegalArgumentException(addedEmbedding == null
          ? "This U-Net takes no added conditions" : "This U-Net needs pooled text and picture sizes");
    }
    NDArray hidden = convIn.forward(sample);
    try (NDArray sinusoids = sinusoids(state.time(), config.levels().get(0).channels(), sample);
        NDArray time = withAdded(timeEmbedding.forward(sinusoids), state.waiting(), sample)) {
      // Every residual block begins with SiLU of the same vector: it is done here, once.
      return new UNetState(hidden, OPS.silu(time), state.context(), List.of(hidden));
    }
  }

  private NDArray sinusoids(NDArray numbers, int width, NDArray like) {
    Sinusoids kind = config.sinusoids();
    NDArray embedded = UNET.timestepEmbedding(numbers, width, kind.cosinesFirst(), kind.frequencyShift());
    NDArray cast = OPS.castLike(embedded, like);
    if (cast != embedded) {
      embedded.close();
    }
    return cast;
  }

  private NDArray withAdded(NDArray time, List<NDArray> added, NDArray sample) {
    if (addedEmbedding == null) {
      return time;
    }
    NDArray pooled = OPS.castLike(added.get(0), sample);
    NDArray numbers = added.get(1);
    try (time;
        NDArray flat = numbers.flatten();
        NDArray each = sinusoids(flat, config.added().orElseThrow().numberWidth(), sample);
        NDArray sinusoids = each.reshape(numbers.getShape().get(0), -1);
        NDArray joined = UNET.concatChannels(pooled, sinusoids)) {
      return OPS.addScaled(addedEmbedding.forward(joined), time, 1);
    }
  }

  private UNetState middle(UNetState state) {
    try (NDArray hidden = midBlock.layer(0, state.hidden(), state)) {
      return state.with(midBlock.layer(1, hidden, state));
    }
  }

  private static UNetState up(UNetBlock block, int layer, UNetState state) {
    UNetState rest = state.popped();
    NDArray hidden;
    try (NDArray joined = UNET.concatChannels(state.hidden(), state.youngestSkip())) {
      hidden = block.layer(layer, joined, state);
    }
    boolean last = layer == block.layers() - 1;
    return rest.with(last && block.upsamples() ? upsampled(block, hidden, rest.youngestSkip()) : hidden);
  }

  /** To the size of the next skip, not twice the own: latents need not be divisible by eight. */
  private static NDArray upsampled(UNetBlock block, NDArray hidden, NDArray skip) {
    try (hidden) {
      return block.upsample(hidden, skip.getShape().get(2), skip.getShape().get(3));
    }
  }

  private NDList leave(UNetState state) {
    try (NDArray activated = normOut.forwardSilu(state.hidden())) {
      return new NDList(convOut.forward(activated));
    }
  }

  /** Two linear layers that turn the sinusoids into the vector that every residual block gets. */
  private static final class TimeEmbedding extends Module {
    private final Linear linear1;
    private final Linear linear2;

    TimeEmbedding(long inputs, long width) {
      linear1 = child("linear_1", new Linear(inputs, width, true));
      linear2 = child("linear_2", new Linear(width, width, true));
    }

    NDArray forward(NDArray sinusoids) {
      try (NDArray wide = linear1.forward(sinusoids);
          NDArray active = OPS.silu(wide)) {
        return linear2.forward(active);
      }
    }
  }
}
