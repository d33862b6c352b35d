package dev.kasane.core.files;

import java.io.IOException;

/** What lies beside its place until it is complete. */
interface Pending {
  /** Removes it, also while a thread is still writing to it. */
  void remove() throws IOException;
}
