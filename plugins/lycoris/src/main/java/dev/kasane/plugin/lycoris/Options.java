package dev.kasane.plugin.lycoris;

import dev.kasane.core.spi.AdapterOption;
import java.util.List;
import java.util.stream.Stream;

/** Joins the lists of options that methods share. */
final class Options {
  private Options() {}

  @SafeVarargs
  static List<AdapterOption> of(List<AdapterOption>... lists) {
    return Stream.of(lists).flatMap(List::stream).toList();
  }
}
