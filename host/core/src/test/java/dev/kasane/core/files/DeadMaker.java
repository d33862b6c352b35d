package dev.kasane.core.files;

import java.nio.file.Path;

/** Names of what processes have left that are no more. */
public final class DeadMaker {
  private static final Maker SELF = Maker.self();
  private static final Maker DEAD = new Maker(SELF.machine(), SELF.boot(), SELF.pid(), 1);

  private DeadMaker() {}

  /** What a process that was killed while it wrote has left. */
  public static Path pending(Path target) {
    return target.resolveSibling(name(target, DEAD, "tmp"));
  }

  /** What it has left that was killed between setting an old folder aside and putting the new one there. */
  static Path setAside(Path target) {
    return target.resolveSibling(name(target, DEAD, "old"));
  }

  static String name(Path target, Maker maker, String ending) {
    return "." + target.getFileName() + ".kasane-" + maker + "-7." + ending;
  }
}
