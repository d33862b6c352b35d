package dev.kasane.core.module;

import java.util.ArrayList;
import java.util.List;

/** A numbered list of children, {@code 0}, {@code 1}, …, as PyTorch's {@code ModuleList}. */
public final class Blocks<M extends Module> extends Module {
  private final List<M> blocks = new ArrayList<>();

  /** Appends a block. */
  public Blocks<M> add(M block) {
    blocks.add(child(String.valueOf(blocks.size()), block));
    return this;
  }

  /** Adds a block under its own number, for lists with gaps such as {@code ff.net.0}, {@code ff.net.2}. */
  public Blocks<M> add(int number, M block) {
    blocks.add(child(String.valueOf(number), block));
    return this;
  }

  /** The blocks in order. */
  public List<M> list() {
    return List.copyOf(blocks);
  }

  /** The block at a position. */
  public M get(int index) {
    return blocks.get(index);
  }

  /** How many blocks there are. */
  public int size() {
    return blocks.size();
  }
}
