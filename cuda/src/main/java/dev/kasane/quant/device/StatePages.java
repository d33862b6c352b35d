package dev.kasane.quant.device;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.quant.cuda.CopyQueue;
import dev.kasane.quant.cuda.OptimizerTable;
import dev.kasane.quant.cuda.TensorMemory;
import dev.kasane.quant.optimizer.AdamMove;
import dev.kasane.quant.optimizer.Moments;
import java.util.ArrayList;
import java.util.List;

/**
 * States in pinned memory of the host, which visit the device in pages. Two pages are there at a time: while the
 * kernel works on one, the other goes back and the next one comes. However large the states are, they take no more of
 * the device than these two.
 */
final class StatePages implements StatePlace {
  private static final int BLOCK = OptimizerTable.BLOCK;

  private final CopyQueue queue;
  private final NDArray[] buffers = new NDArray[2];
  private final long pageBytes;

  /** A run of one parameter's blocks: from block {@code from} of it at block {@code at} of the page. */
  private record Run(AdamMove move, long from, long at, long count) {}

  /**
   * @param queue between pinned memory and the device
   * @param owner owner of the two pages, on the device
   * @param pageBytes of one page, at least a few KiB
   */
  StatePages(CopyQueue queue, NDManager owner, long pageBytes) {
    this.queue = queue;
    this.pageBytes = pageBytes;
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = owner.create(new Shape(pageBytes), DataType.UINT8);
    }
  }

  @Override
  public void visit(List<AdamMove> moves, boolean eightBit, Visitor visitor) {
    Layout layout = new Layout(eightBit);
    List<List<Run>> pages = layout.pages(moves);
    // Whatever libtorch last did with the pages' memory comes before the first copy into it.
    queue.copiesAwaitCompute();
    copyIn(layout, pages, 0);
    for (int page = 0; page < pages.size(); page++) {
      queue.computeAwaitsCopies();
      long base = base(page);
      visitor.launch(page, pages.get(page).stream().map(run -> layout.piece(run, base)).toList());
      // Queued before the way back, so that it does not wait for this page's kernel.
      copyIn(layout, pages, page + 1);
      queue.copiesAwaitCompute();
      pages.get(page).forEach(run -> layout.copy(run, base, (host, device, bytes) ->
          queue.copyOut(device, host, bytes)));
    }
    queue.finish();
  }

  private void copyIn(Layout layout, List<List<Run>> pages, int page) {
    if (page < pages.size()) {
      pages.get(page).forEach(run -> layout.copy(run, base(page), queue::copyIn));
    }
  }

  private long base(int page) {
    return TensorMemory.address(buffers[page % buffers.length]);
  }

  @FunctionalInterface
  private interface Copy {
    void copy(long host, long device, long bytes);
  }

  /** A page: all first moments, all second moments, and their scales, one block after the other. */
  private final class Layout {
    private final boolean eightBit;
    private final int width;
    private final long blocks;

    Layout(boolean eightBit) {
      this.eightBit = eightBit;
      this.width = eightBit ? 1 : Float.BYTES;
      this.blocks = pageBytes / (2L * BLOCK * width + (eightBit ? 2 * Float.BYTES : 0));
    }

    List<List<Run>> pages(List<AdamMove> moves) {
      List<List<Run>> pages = new ArrayList<>(List.of(new ArrayList<>()));
      long at = 0;
      for (AdamMove move : moves) {
        long all = (move.slot().count() + BLOCK - 1L) / BLOCK;
        for (long from = 0; from < all; ) {
          if (at == blocks) {
            pages.add(new ArrayList<>());
            at = 0;
          }
          long taken = Math.min(all - from, blocks - at);
          long count = Math.min(taken * BLOCK, move.slot().count() - from * BLOCK);
          pages.get(pages.size() - 1).add(new Run(move, from, at, count));
          from += taken;
          at += taken;
        }
      }
      return pages;
    }

    private long numbers(long base, int moment, long block) {
      return base + (moment * blocks + block) * BLOCK * width;
    }

    private long scales(long base, int moment, long block) {
      return eightBit ? numbers(base, 2, 0) + (moment * blocks + block) * Float.BYTES : 0;
    }

    StatePiece piece(Run run, long base) {
      long first = run.from() * BLOCK * Float.BYTES;
      return new StatePiece(TensorMemory.address(run.move().slot().parameter()) + first,
          TensorMemory.address(run.move().gradient()) + first, numbers(base, 0, run.at()), numbers(base, 1, run.at()),
          scales(base, 0, run.at()), scales(base, 1, run.at()), run.count());
    }

    void copy(Run run, long base, Copy copy) {
      List<Moments> moments = List.of(run.move().slot().first(), run.move().slot().second());
      for (int moment = 0; moment < moments.size(); moment++) {
        copy.copy(TensorMemory.address(moments.get(moment).numbers()) + run.from() * BLOCK * width,
            numbers(base, moment, run.at()), run.count() * width);
        if (eightBit) {
          copy.copy(TensorMemory.address(moments.get(moment).scales().orElseThrow()) + run.from() * Float.BYTES,
              scales(base, moment, run.at()), (run.count() + BLOCK - 1) / BLOCK * Float.BYTES);
        }
      }
    }
  }
}
