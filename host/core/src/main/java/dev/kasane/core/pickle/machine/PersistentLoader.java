package dev.kasane.core.pickle.machine;

import dev.kasane.core.pickle.values.MalformedPickle;

/** Resolves what a pickle names instead of holding: the storages of a checkpoint. */
@FunctionalInterface
public interface PersistentLoader {
  /** The object with this identification, which is a value built by the pickle. */
  Object load(Object id) throws MalformedPickle;
}
