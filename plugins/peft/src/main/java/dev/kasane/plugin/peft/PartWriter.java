package dev.kasane.plugin.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.AdapterFileWriter;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.GradMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes one component as PEFT's two files. */
final class PartWriter {
  private static final Set<String> WHOLE = Set.of(KeyGrammar.WEIGHT, KeyGrammar.BIAS);

  private final String component;
  private final List<LayerUpdate> updates = new ArrayList<>();
  private final List<AdapterModule> wholes = new ArrayList<>();
  private final AdapterFileWriter file;

  /**
   * @param component the part of the base model, for messages
   * @param modules its layers
   * @param storage the type of numbers in the file
   * @throws UserException when PEFT cannot hold what the component has, or the storage is unknown
   */
  PartWriter(String component, List<AdapterModule> modules, ElementType storage) {
    this.component = component;
    this.file = new AdapterFileWriter(storage);
    for (AdapterModule module : modules) {
      if (WHOLE.containsAll(module.tensors().keySet()) && module.constants().isEmpty()) {
        wholes.add(module);
      } else {
        updates.add(LayerUpdate.of(module));
      }
    }
    requireOneKind();
  }

  private void requireOneKind() {
    Set<String> kinds = updates.stream().map(each -> each.type() + (each.hasMagnitude() ? " with" : " without")
        + " magnitudes" + (each.hasBias() ? " and with a bias" : "") + (each.start() == AdapterStart.PLAIN ? "" : ", begun as " + each.start().word()))
        .collect(Collectors.toCollection(TreeSet::new));
    if (kinds.size() != 1) {
      throw new UserException("Component " + component + " has " + (kinds.isEmpty() ? "no low-rank update"
          : "updates of " + kinds.size() + " kinds (" + String.join(", ", kinds) + ")")
          + "; a PEFT folder holds one kind. Write another format.");
    }
  }

  /**
   * Writes tensors, then configuration; once only.
   *
   * @param given the configuration that came with the adapter, or some of its keys
   * @param metadata goes into the file of tensors
   */
  void write(Path weights, ObjectNode given, Map<String, String> metadata) throws IOException {
    ObjectNode config;
    try {
      config = ConfigDraft.of(updates.get(0).type(), updates, wholes, given);
    } catch (IllegalArgumentException e) {
      throw new UserException("The configuration that came with component " + component
          + " cannot be written: " + e.getMessage() + ".", e);
    }
    NDArray any = updates.get(0).module().tensors().values().iterator().next();
    try (GradMode off = GradMode.off(); NDManager own = any.getManager().newSubManager()) {
      addTensors(own);
      Map<String, String> texts = new TreeMap<>(metadata);
      texts.putIfAbsent("format", "pt");
      file.write(weights, texts);
    }
    ConfigFiles.write(config, weights.resolveSibling(PeftFiles.CONFIG));
  }

  private void addTensors(NDManager own) {
    updates.forEach(update -> update.module().tensors().forEach((parameter, tensor) ->
        file.add(KeyGrammar.ofAdapter(update.path(), parameter),
            parameter.equals(LoraNames.MAGNITUDE) ? vector(tensor, own) : tensor)));
    Set<String> adapted = updates.stream().map(LayerUpdate::path).collect(Collectors.toSet());
    wholes.forEach(whole -> whole.tensors().forEach((parameter, tensor) ->
        file.add(KeyGrammar.ofWhole(whole.path(), parameter, adapted.contains(whole.path())), tensor)));
  }

  private static NDArray vector(NDArray column, NDManager own) {
    Shape shape = column.getShape();
    NDArray vector = column.stopGradient().reshape(
        shape.dimension() == 4 ? new Shape(1, shape.size(), 1, 1) : new Shape(shape.size()));
    vector.attach(own);
    return vector;
  }
}
