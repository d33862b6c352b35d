package dev.kasane.core.checkpoint;

import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;

/** Two linear layers: {@code first} (3, 2) with a bias, {@code second} (1, 3) without. */
final class TinyModel extends Module {
  TinyModel() {
    child("first", new Linear(2, 3, true));
    child("second", new Linear(3, 1, false));
  }
}
