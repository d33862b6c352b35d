package dev.kasane.plugin.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.tensor.StoredTensors;
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

  /**
   * @throws UserException when PEFT cannot hold what the component has
   */
  PartWriter(String component, List<AdapterModule> modules) {
    this.component = component;
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
        + " magnitudes").collect(Collectors.toCollection(TreeSet::new));
    if (kinds.size() != 1) {
      throw new UserException("Component " + component + " has " + (kinds.isEmpty() ? "no low-rank update"
          : "updates of " + kinds.size() + " kinds (" + String.join(", ", kinds) + ")")
          + "; a PEFT folder holds one kind. Write another format.");
    }
  }

  /**
   * Writes tensors, then configuration.
   *
   * @param given the configuration that came with the adapter, or some of its keys
   * @param metadata goes into the file of tensors
   */
  void write(Path weights, ObjectNode given, Map<String, String> metadata, DataType type) throws IOException {
    ObjectNode config;
    try {
      config = ConfigDraft.of(updates.get(0).type(), updates, wholes, given);
    } catch (IllegalArgumentException e) {
      throw new UserException("The configuration that came with component " + component
          + " cannot be written: " + e.getMessage() + ".", e);
    }
    NDArray any = updates.get(0).module().tensors().values().iterator().next();
    try (GradMode off = GradMode.off(); NDManager own = any.getManager().newSubManager()) {
      Map<String, String> texts = new TreeMap<>(metadata);
      texts.putIfAbsent("format", "pt");
      SafetensorsWriter.write(weights, declarations(type, own), texts);
    }
    ConfigFiles.write(config, weights.resolveSibling(PeftFiles.CONFIG));
  }

  private List<TensorDeclaration> declarations(DataType type, NDManager own) {
    List<TensorDeclaration> tensors = new ArrayList<>();
    updates.forEach(update -> update.module().tensors().forEach((parameter, tensor) ->
        tensors.add(declare(KeyGrammar.ofAdapter(update.path(), parameter),
            parameter.equals(KeyGrammar.MAGNITUDE) ? vector(tensor, own) : tensor, type, own))));
    Set<String> adapted = updates.stream().map(LayerUpdate::path).collect(Collectors.toSet());
    wholes.forEach(whole -> whole.tensors().forEach((parameter, tensor) -> tensors.add(declare(
        KeyGrammar.ofWhole(whole.path(), parameter, adapted.contains(whole.path())), tensor, type, own))));
    return tensors;
  }

  private static TensorDeclaration declare(String key, NDArray tensor, DataType type, NDManager own) {
    if (!Ops.typeOf(tensor).isFloating()) {
      return StoredTensors.declare(key, tensor);
    }
    requireFinite(key, tensor, own);
    return StoredTensors.declare(key, tensor, type);
  }

  /** A run that went wrong must not leave a file that looks sound. */
  private static void requireFinite(String key, NDArray tensor, NDManager own) {
    if (tensor.size() == 0) {
      return;
    }
    try (NDManager inner = own.newSubManager()) {
      NDArray values = tensor.stopGradient();
      values.attach(inner);
      if (!Float.isFinite(Ops.cast(values, DataType.FLOAT32).abs().max().toFloatArray()[0])) {
        throw new UserException(key + " holds a value that is no finite number; the training diverged. "
            + "Use a checkpoint from before, and a lower learning rate.");
      }
    }
  }

  private static NDArray vector(NDArray column, NDManager own) {
    Shape shape = column.getShape();
    NDArray vector = column.stopGradient().reshape(
        shape.dimension() == 4 ? new Shape(1, shape.size(), 1, 1) : new Shape(shape.size()));
    vector.attach(own);
    return vector;
  }
}
