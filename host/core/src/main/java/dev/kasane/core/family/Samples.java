package dev.kasane.core.family;

import java.nio.file.Path;
import java.util.List;

/**
 * The same few prompts, tried out before, while and after adapters are trained.
 *
 * @param <S> what comes of a prompt
 */
public interface Samples<S> {
  /** Whether there is nothing to try out. */
  boolean isEmpty();

  /** How the names of their files end, without the dot. */
  String ending();

  /** Tries every prompt out on the model as it is now. */
  List<S> make();

  /** Writes what came of each prompt. */
  void write(List<S> made, Path file);

  /** Writes what came of each prompt without and with the adapters. */
  void writeBeforeAfter(List<S> before, List<S> after, Path file);
}
