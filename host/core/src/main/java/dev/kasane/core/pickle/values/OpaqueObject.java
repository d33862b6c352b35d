package dev.kasane.core.pickle.values;

/**
 * Stands for a Python class, function or object that a checkpoint mentions and Kasane does not build: a
 * name and nothing else.
 *
 * @param module Python module, such as {@code pytorch_lightning.callbacks.model_checkpoint}
 * @param name name within the module, such as {@code ModelCheckpoint}
 */
public record OpaqueObject(String module, String name) implements Comparable<OpaqueObject> {
  /** Module and name joined by a dot. */
  public String qualifiedName() {
    return module + "." + name;
  }

  @Override
  public int compareTo(OpaqueObject other) {
    return qualifiedName().compareTo(other.qualifiedName());
  }

  @Override
  public String toString() {
    return "<" + qualifiedName() + ">";
  }
}
