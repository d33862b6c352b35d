package dev.kasane.quant.device;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.sun.jna.Pointer;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.HostMemory;
import dev.kasane.core.tensor.Ops;
import dev.kasane.quant.cuda.CopyQueue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Keeps a model's frozen weights in pinned memory of the host and brings each to the device when it is used, the next
 * one ahead of its use. The device then holds two of them at a time, and as many as a segment has in its backward pass.
 */
public final class OffloadedWeights implements AutoCloseable {
  private final CopyQueue queue;
  private final NDManager ahead;
  private final List<Long> pinned = new ArrayList<>();
  private long bytes;

  private OffloadedWeights(CopyQueue queue, Device device) {
    this.queue = queue;
    // Without a parent: what a copy is under way to must not be closed before that copy is done.
    this.ahead = Engines.newManager(device);
  }

  /**
   * Moves the dense weights of layers; those in few bits stay where they are.
   *
   * @param root a model whose dense weights lie on the host; adapters see the moved ones from then on
   * @param layers which layers
   * @param queue copies to the device; closed with what is returned
   * @param device where the weights are used
   * @return what gives the memory back once the model is used no more
   * @throws dev.kasane.core.UserException when the host has no more memory to pin
   */
  public static OffloadedWeights move(
      Module root, Predicate<AdaptableLayer> layers, CopyQueue queue, Device device) {
    OffloadedWeights weights = new OffloadedWeights(queue, device);
    try {
      CopyAhead copies = new CopyAhead(queue, weights.ahead);
      root.adaptableLayers().values().stream().filter(layers).forEach(layer -> weights.move(layer, copies));
      return weights;
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private void move(AdaptableLayer layer, CopyAhead copies) {
    if (layer.weight() instanceof DenseWeight dense) {
      NDArray host = dense.array();
      long address = queue.pin(dense.bytes());
      pinned.add(address);
      bytes += dense.bytes();
      ByteBuffer from = HostMemory.of(host);
      new Pointer(address).getByteBuffer(0, dense.bytes()).put(from);
      layer.replaceWeight(new OffloadedWeight(
          new PinnedTensor(address, dense.shape(), Ops.typeOf(host)), copies));
    }
  }

  /** How many weights were moved. */
  public int count() {
    return pinned.size();
  }

  /** How many bytes of the host's memory they take. */
  public long bytes() {
    return bytes;
  }

  /** Waits for copies and gives the pinned memory back; the model cannot be used any more. */
  @Override
  public void close() {
    queue.finish();
    ahead.close();
    pinned.forEach(queue::unpin);
    queue.close();
  }
}
