package dev.kasane.core.parallel;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Pieces of work of two kinds that threads do side by side. The caller begins with copies, which keep disk and
 * memory busy, the others with computed tensors, which keep processors busy; whoever runs out of its own kind helps
 * with the other.
 */
public final class SharedWork {
  private final Deque<Piece> copies = new ArrayDeque<>();
  private final Deque<Piece> computed = new ArrayDeque<>();
  private Throwable failure;

  /** Something to do; it may be done on any thread. */
  @FunctionalInterface
  public interface Piece {
    void run() throws IOException;
  }

  public void addCopy(Piece piece) {
    copies.add(piece);
  }

  /** Adds what is computed. */
  public void addComputed(Piece piece) {
    computed.add(piece);
  }

  /**
   * Does everything, each kind in the order in which it was added.
   *
   * @param threads how many at once, the caller among them
   * @throws IOException that a piece threw first, as are its unchecked ones; what has not begun then is left undone
   */
  public void run(int threads) throws IOException {
    List<Thread> helpers = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      Thread helper = new Thread(() -> work(computed, copies), "rewrite-" + i);
      helper.setDaemon(true);
      helper.start();
      helpers.add(helper);
    }
    work(copies, computed);
    Threads.join(helpers);
    if (failure instanceof IOException known) {
      throw known;
    } else if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (failure instanceof Error error) {
      throw error;
    }
  }

  private void work(Deque<Piece> first, Deque<Piece> then) {
    try {
      for (Piece piece = next(first, then); piece != null; piece = next(first, then)) {
        piece.run();
      }
    } catch (IOException | RuntimeException | Error thrown) {
      fail(thrown);
    }
  }

  private synchronized Piece next(Deque<Piece> first, Deque<Piece> then) {
    if (failure != null) {
      return null;
    }
    return first.isEmpty() ? then.poll() : first.poll();
  }

  private synchronized void fail(Throwable thrown) {
    if (failure == null) {
      failure = thrown;
    }
  }
}
