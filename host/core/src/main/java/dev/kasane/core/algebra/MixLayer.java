package dev.kasane.core.algebra;

import dev.kasane.core.injection.ModuleRestorer;
import dev.kasane.core.lowrank.ScaledPair;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all parts of a mix have for one layer.
 *
 * @param component part of the base model
 * @param path the layer
 * @param terms one for each adapter that changes the layer at a strength other than 0, in their order
 */
public record MixLayer(String component, String path, List<Term> terms) {
  /** An adapter's module with its strength. */
  public record Term(String file, AdapterModule module, double weight) {}

  public String name() {
    return component + "." + path;
  }

  /** Whether it is a table of rows, whose factors have names of their own. */
  public boolean isTable() {
    return terms.stream().anyMatch(term -> ScaledPair.isTable(term.module()));
  }

  /**
   * The layers of all parts that have updates, in the order in which they first appear; those at strength 0 are left
   * out, and learned words are no layers.
   */
  public static List<MixLayer> of(List<MixPart> parts) {
    Map<String, MixLayer> layers = new LinkedHashMap<>();
    for (MixPart part : parts) {
      part.model().components().forEach((component, modules) -> modules.forEach(module -> {
        double weight = part.weight(component, module.path());
        if (weight != 0 && !component.equals(AdapterModel.EMBEDDINGS) && !ModuleRestorer.isWhole(module)) {
          layers.computeIfAbsent(component + "." + module.path(),
                  name -> new MixLayer(component, module.path(), new ArrayList<>()))
              .terms().add(new Term(part.name(), module, weight));
        }
      }));
    }
    return List.copyOf(layers.values());
  }
}
