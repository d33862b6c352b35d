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
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The denoiser of Stable Diffusion 1.x, 2.x (Rombach et al. 2022, section 3.3) and XL (Podell et al. 2023),
 * under diffusers' names.
 *
 * <p>It runs as a chain of {@link Segment}s over the state (hidden, time, context, skip…), so that training
 * can keep the states between the segments and recompute the rest.
 */
public final class UNet2DConditionModel extends Module {
  private static final int HIDDEN = 0;
  private static final int TIME = 1;
  private static final int CONTEXT = 2;
  private static final int POOLED = 3;
  private static final int NUMBERS = 4;

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
    int first = config.blockOutChannels().get(0);
    convIn = child("conv_in", new Conv2d(config.inChannels(), first, 3, 1, 1));
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
    normOut = child("conv_norm_out", new GroupNorm(config.normGroups(), first, config.normEpsilon()));
    convOut = child("conv_out", new Conv2d(first, config.outChannels(), 3, 1, 1));
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
    return state.get(HIDDEN);
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
    List<Segment> chain = new ArrayList<>();
    chain.add(this::enter);
    for (UNetBlock block : downBlocks.list()) {
      for (int i = 0; i < block.layers(); i++) {
        int layer = i;
        chain.add(state -> push(state, block.layer(layer, state.get(HIDDEN), state.get(TIME), state.get(CONTEXT))));
      }
      if (block.downsamples()) {
        chain.add(state -> push(state, block.downsample(state.get(HIDDEN))));
      }
    }
    chain.add(this::middle);
    for (UNetBlock block : upBlocks.list()) {
      for (int i = 0; i < block.layers(); i++) {
        int layer = i;
        chain.add(state -> up(block, layer, state));
      }
    }
    chain.add(this::leave);
    return chain;
  }

  private NDList enter(NDList state) {
    NDArray sample = state.get(HIDDEN);
    if ((addedEmbedding == null) != (state.size() <= POOLED)) {
      throw new IllegalArgumentException(addedEmbedding == null
          ? "This U-Net takes no added conditions" : "This U-Net needs pooled text and picture sizes");
    }
    NDArray hidden = convIn.forward(sample);
    try (NDArray sinusoids = sinusoids(state.get(TIME), config.blockOutChannels().get(0), sample);
        NDArray time = withAdded(timeEmbedding.forward(sinusoids), state, sample)) {
      // Every residual block begins with SiLU of the same vector: it is done here, once.
      return new NDList(hidden, OPS.silu(time), state.get(CONTEXT), hidden);
    }
  }

  private NDArray sinusoids(NDArray numbers, int width, NDArray like) {
    NDArray embedded =
        UNET.timestepEmbedding(numbers, width, config.flipSinToCos(), config.frequencyShift());
    NDArray cast = OPS.castLike(embedded, like);
    if (cast != embedded) {
      embedded.close();
    }
    return cast;
  }

  private NDArray withAdded(NDArray time, NDList state, NDArray sample) {
    if (addedEmbedding == null) {
      return time;
    }
    NDArray numbers = state.get(NUMBERS);
    NDArray pooled = OPS.castLike(state.get(POOLED), sample);
    try (time;
        NDArray flat = numbers.flatten();
        NDArray each = sinusoids(flat, config.added().orElseThrow().numberWidth(), sample);
        NDArray sinusoids = each.reshape(numbers.getShape().get(0), -1);
        NDArray joined = UNET.concatChannels(pooled, sinusoids)) {
      return OPS.addScaled(addedEmbedding.forward(joined), time, 1);
    }
  }

  private static NDList push(NDList state, NDArray hidden) {
    NDList next = new NDList(state);
    next.set(HIDDEN, hidden);
    next.add(hidden);
    return next;
  }

  private NDList middle(NDList state) {
    NDList next = new NDList(state);
    try (NDArray hidden = midBlock.layer(0, state.get(HIDDEN), state.get(TIME), state.get(CONTEXT))) {
      next.set(HIDDEN, midBlock.layer(1, hidden, state.get(TIME), state.get(CONTEXT)));
    }
    return next;
  }

  private static NDList up(UNetBlock block, int layer, NDList state) {
    NDList next = new NDList(state);
    NDArray skip = next.remove(next.size() - 1);
    NDArray hidden;
    try (NDArray joined = UNET.concatChannels(state.get(HIDDEN), skip)) {
      hidden = block.layer(layer, joined, state.get(TIME), state.get(CONTEXT));
    }
    boolean last = layer == block.layers() - 1;
    next.set(HIDDEN, last && block.upsamples() ? upsampled(block, hidden, next.get(next.size() - 1)) : hidden);
    return next;
  }

  /** To the size of the next skip, not twice the own: latents need not be divisible by eight. */
  private static NDArray upsampled(UNetBlock block, NDArray hidden, NDArray skip) {
    try (hidden) {
      return block.upsample(hidden, skip.getShape().get(2), skip.getShape().get(3));
    }
  }

  private NDList leave(NDList state) {
    try (NDArray activated = normOut.forwardSilu(state.get(HIDDEN))) {
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
