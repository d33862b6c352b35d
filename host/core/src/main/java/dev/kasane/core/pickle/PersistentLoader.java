package dev.kasane.core.pickle;

/** Resolves what a pickle names instead of holding: the storages of a checkpoint. */
@FunctionalInterface
interface PersistentLoader {
  /** The object with this identification, which is a value built by the pickle. */
  Object load(Object id) throws MalformedPickle;
}
