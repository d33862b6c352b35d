package dev.kasane.app.cli.options;

import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.spi.TrainingRecord.NumberedLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** Which of a model's numbered layers get adapters, as PEFT has it; use it as a mixin. */
public final class LayerOptions {
  @RecipeKey
  @Option(names = "--layers", paramLabel = "N[-M]", split = ",", converter = Words.Layers.class,
      description = "Only in these of a model's numbered layers, from 0, such as 0-7,30; a layer's number is the first"
          + " in its path, as in model.layers.7 (PEFT's layers_to_transform).")
  private List<LayerRange> ranges = new ArrayList<>();

  @RecipeKey
  @Option(names = "--layers-pattern", paramLabel = "NAME", split = ",",
      description = "Name, or regular expression, of the list whose numbers --layers means, such as layers or h (PEFT's"
          + " layers_pattern).")
  private List<String> lists = new ArrayList<>();

  private Set<Integer> numbers() {
    Set<Integer> numbers = new TreeSet<>();
    ranges.forEach(range -> numbers.addAll(range.numbers()));
    return numbers;
  }

  /** A selection within the layers. */
  public TargetSelector within(TargetSelector selector) {
    if (ranges.isEmpty() && !lists.isEmpty()) {
      throw new UserException("Option --layers-pattern says which list --layers counts in; give --layers too.");
    }
    return selector.inLayers(numbers(), lists);
  }

  /**
   * Looks for the numbers in a model.
   *
   * @throws UserException naming those of which the model has no layer, and how many it has
   */
  public void requireThere(Map<String, AdaptableLayer> layers) {
    IntPredicate there = number -> TargetSelector.hasLayer(number, lists, layers);
    List<Integer> absent = numbers().stream().filter(number -> !there.test(number)).toList();
    if (!absent.isEmpty()) {
      long count = IntStream.iterate(0, number -> number + 1).takeWhile(there).count();
      throw new UserException("Option --layers is " + listed(ranges) + ", and the model has no layer " + listed(absent)
          + (lists.isEmpty() ? "" : " in a list named " + String.join(" or ", lists) + " (--layers-pattern)")
          + (count == 0 ? "." : ": it has " + count + ", numbered from 0 to " + (count - 1) + "."));
    }
  }

  private static String listed(List<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /**
   * The same for the adapter's record; nothing when all layers are meant, or when only whole paths can say which are.
   *
   * @param selector what {@link #within} returned
   * @param layers the model's layers
   */
  public Optional<NumberedLayers> recorded(TargetSelector selector, Map<String, AdaptableLayer> layers) {
    List<String> names = selector.namesWithinLayers(layers);
    return names.isEmpty() ? Optional.empty() : Optional.of(new NumberedLayers(names, numbers(), lists));
  }
}
