package dev.kasane.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.List;

/** Brings captions of different lengths to one length, so that they fit into one batch. */
final class ContextLengths {
  private ContextLengths() {}

  /**
   * Repeats a shorter caption's chunks until it is as long as the longest. Attention over a caption that is
   * there twice gives what it gives over the caption once, so nothing changes for the picture, provided
   * that the longest length is a multiple; otherwise the first chunks weigh slightly more.
   *
   * @param captions (1, tokens, width) each
   */
  static List<NDArray> align(List<NDArray> captions) {
    long longest = captions.stream().mapToLong(caption -> caption.getShape().get(1)).max().orElse(0);
    List<NDArray> aligned = new ArrayList<>();
    for (NDArray caption : captions) {
      aligned.add(caption.getShape().get(1) == longest ? caption : repeat(caption, longest));
    }
    return aligned;
  }

  private static NDArray repeat(NDArray caption, long length) {
    NDList parts = new NDList();
    long have = 0;
    while (have < length) {
      long take = Math.min(caption.getShape().get(1), length - have);
      parts.add(caption.get(":, 0:" + take));
      have += take;
    }
    return parts.get(0).concat(concatRest(parts), 1);
  }

  private static NDArray concatRest(NDList parts) {
    NDArray rest = parts.get(1);
    for (int i = 2; i < parts.size(); i++) {
      rest = rest.concat(parts.get(i), 1);
    }
    return rest;
  }
}
