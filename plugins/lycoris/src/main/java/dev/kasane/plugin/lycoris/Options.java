package dev.kasane.plugin.lycoris;

import dev.kasane.core.spi.AdapterOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Joins what methods share: lists of options, names of parameters. */
public final class Options {
  private Options() {}

  /** The names of a method's tensors and constants. */
  public static Set<String> with(Set<String> tensors, Set<String> constants) {
    Set<String> all = new HashSet<>(tensors);
    all.addAll(constants);
    return Set.copyOf(all);
  }

  @SafeVarargs
  public static List<AdapterOption> of(List<AdapterOption>... lists) {
    return Stream.of(lists).flatMap(List::stream).toList();
  }
}
