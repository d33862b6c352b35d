package dev.kasane.core.algebra;

import dev.kasane.core.injection.BlockWeights;
import dev.kasane.core.spi.AdapterModel;
import java.util.List;

/**
 * An adapter that takes part in a mix.
 *
 * @param name its file, for messages
 * @param model what it holds
 * @param weight its strength, 1 for as trained
 * @param blocks strengths for some blocks, multiplied with the other
 */
public record MixPart(String name, AdapterModel model, double weight, BlockWeights blocks) {
  /**
   * Checks that every block names something.
   *
   * @throws dev.kasane.core.UserException when one does not
   */
  public MixPart {
    blocks.requireUse(layerNames(model));
  }

  /** Component and path of every layer, joined by a dot. */
  private static List<String> layerNames(AdapterModel model) {
    return model.components().entrySet().stream()
        .flatMap(each -> each.getValue().stream().map(module -> each.getKey() + "." + module.path())).toList();
  }

  /** The strength on a layer. */
  double weight(String component, String path) {
    return weight * blocks.weight(component + "." + path);
  }
}
