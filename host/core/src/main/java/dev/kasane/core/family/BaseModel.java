package dev.kasane.core.family;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Module;
import java.util.Collection;
import java.util.function.Predicate;

/** A base model that has been opened and declared: it knows its sizes, and has weights once they have been loaded. */
public interface BaseModel extends AutoCloseable {
  /** The model as adapters see it. */
  BaseParts parts();

  /** All that has weights: the parts that adapters see, and whatever else computes. */
  default Collection<Module> modules() {
    return parts().components().values();
  }

  /** The part that is held in few bits where that is asked for. */
  Quantisable quantisable();

  /** Whether it is stored in few bits. */
  boolean isStoredQuantised();

  /**
   * Gives the model its weights, which may lie in the files' mapped memory and are read-only.
   *
   * @param owner owner of the weights
   * @throws UserException that lists what is missing, surplus or misshapen
   */
  void load(NDManager owner);

  /** Lets go of the files; what was loaded stays. */
  @Override
  void close();

  /**
   * A part of a base whose weights can be held in few bits.
   *
   * @param name what it is called in messages, such as {@code U-Net}
   * @param root the part
   * @param layers which of its layers; the others stay dense
   */
  record Quantisable(String name, Module root, Predicate<AdaptableLayer> layers) {}
}
