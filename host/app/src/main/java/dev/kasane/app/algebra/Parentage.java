package dev.kasane.app.algebra;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.core.algebra.Verification;
import dev.kasane.core.files.ContentHash;
import dev.kasane.core.spi.AdapterFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a result says about the files that it was made of. */
public final class Parentage {
  /** What was done, as one line. */
  public static final String OPERATION = "kasane.operation";
  /** The parents as JSON: name, weight, SHA-256, AutoV2 and, where the file says it, sshs_model_hash. */
  public static final String PARENTS = "kasane.parents";

  private static final int AUTO_V2_DIGITS = 10;
  private Parentage() {}

  /**
   * The metadata of a result: what all parents agree on, and who they are.
   *
   * @param operation what is done
   * @param parents the adapters
   * @param formats say which metadata describe the tensors of a parent, not of what is made of them
   */
  public static Map<String, String> of(String operation, List<ReadAdapter> parents, List<AdapterFormat> formats) {
    Map<String, String> shared = new LinkedHashMap<>(parents.get(0).model().metadata());
    parents.forEach(parent -> shared.entrySet()
        .removeIf(field -> !field.getValue().equals(parent.model().metadata().get(field.getKey()))));
    shared.remove(Verification.KEY);
    formats.forEach(format -> shared.keySet().removeAll(format.metadataOfTensors()));
    shared.put(OPERATION, operation);
    shared.put("modelspec.merged_from", parents.stream().map(each -> each.reference().name())
        .collect(Collectors.joining(",")));
    ArrayNode list = Json.MAPPER.createArrayNode();
    parents.forEach(parent -> list.add(describe(parent)));
    shared.put(PARENTS, list.toString());
    return shared;
  }

  /** The metadata of an adapter that was extracted from models. */
  public static Map<String, String> ofModels(String operation, Path base, Path tuned) {
    ArrayNode list = Json.MAPPER.createArrayNode();
    list.add(describe(base).put("role", "base")).add(describe(tuned).put("role", "tuned"));
    return Map.of(OPERATION, operation, PARENTS, list.toString());
  }

  private static ObjectNode describe(ReadAdapter parent) {
    ObjectNode node = describe(parent.reference().file()).put("weight", parent.reference().weight())
        .put("format", parent.format());
    String known = parent.model().metadata().get("sshs_model_hash");
    return known == null ? node : node.put("sshs_model_hash", known);
  }

  /** A file's name and hashes; of a folder the name alone. */
  static ObjectNode describe(Path file) {
    ObjectNode node = Json.MAPPER.createObjectNode().put("name", file.getFileName().toString());
    if (Files.isRegularFile(file)) {
      String hash = ContentHash.of(file);
      node.put("sha256", hash).put("autov2", hash.substring(0, AUTO_V2_DIGITS));
    }
    return node;
  }
}
