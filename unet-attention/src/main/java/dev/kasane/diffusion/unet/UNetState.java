package dev.kasane.diffusion.unet;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What goes from segment to segment of a U-Net.
 *
 * @param hidden (batch, channels, height, width): first the noisy latents, after the last segment the prediction
 * @param time first (batch) timesteps, then (batch, width) SiLU of them embedded
 * @param context (batch, tokens, width) of the text encoders
 * @param waiting what later segments take: first the added conditions, then the skip connections, the youngest last
 */
record UNetState(NDArray hidden, NDArray time, NDArray context, List<NDArray> waiting) {
  static UNetState of(NDList list) {
    return new UNetState(list.get(0), list.get(1), list.get(2), list.subList(3, list.size()));
  }

  NDList list() {
    NDList list = new NDList(hidden, time, context);
    list.addAll(waiting);
    return list;
  }

  UNetState with(NDArray next) {
    return new UNetState(next, time, context, waiting);
  }

  /** On the way down every state is also a skip connection. */
  UNetState pushed(NDArray next) {
    return new UNetState(next, time, context, Stream.concat(waiting.stream(), Stream.of(next)).toList());
  }

  NDArray youngestSkip() {
    return waiting.get(waiting.size() - 1);
  }

  UNetState popped() {
    return new UNetState(hidden, time, context, waiting.subList(0, waiting.size() - 1));
  }
}
