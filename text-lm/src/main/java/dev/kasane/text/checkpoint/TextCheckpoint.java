package dev.kasane.text.checkpoint;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.RenamedSource;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorSources;
import dev.kasane.core.checkpoint.WeightLoader;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.text.family.Families;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.DecoderConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A language model's folder as Hugging Face lays it out: {@code config.json} and the weights, in one file or
 * several, as safetensors or as pickles, which are read but not run.
 */
public final class TextCheckpoint {
  /** The names of weights, the preferred first. */
  private static final List<String> WEIGHTS = List.of("model.safetensors", "model.safetensors.index.json",
      "pytorch_model.bin", "pytorch_model.bin.index.json");
  private static final String CONFIG = "config.json";

  private final Path folder;
  private final JsonNode json;
  private final DecoderConfig config;
  private final boolean ownHead;
  private final boolean resized;

  private TextCheckpoint(Path folder, JsonNode json, DecoderConfig config, boolean ownHead, boolean resized) {
    this.folder = folder;
    this.json = json;
    this.config = config;
    this.ownHead = ownHead;
    this.resized = resized;
  }

  /**
   * Opens a folder and reads its configuration, no weights, unless it has to be seen whether a head that is stored
   * beside a tied embedding is the same.
   *
   * @throws UserException when there is none, it is damaged, or its family is unknown
   */
  public static TextCheckpoint open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new UserException(folder + (Files.exists(folder) ? " is a file" : " does not exist")
          + ". A language model is a folder with " + CONFIG + ", weights and a tokeniser.");
    }
    Path file = folder.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      throw new UserException(folder + " has no " + CONFIG + ". A language model is a folder with " + CONFIG
          + ", weights and a tokeniser, as Hugging Face lays it out.");
    }
    JsonNode json = JsonFiles.read(file);
    DecoderConfig config = Families.read(json, file.toString());
    boolean ownHead = hasOwnHead(folder, config);
    return new TextCheckpoint(folder, json, ownHead ? config.untied() : config, ownHead, false);
  }

  private static boolean hasOwnHead(Path folder, DecoderConfig config) {
    Optional<Path> weights = config.head().tied() ? weights(folder) : Optional.empty();
    if (weights.isEmpty()) {
      return false;
    }
    try (TensorSource source = TensorSources.open(weights.get())) {
      return TextWeights.hasOwnHead(source, config);
    }
  }

  /**
   * The same model with another number of rows in its embedding and head: the first ones, and zeros for those that are
   * missing, for adapters whose vocabulary is another.
   *
   * @param rows how many
   */
  public TextCheckpoint withVocabulary(int rows) {
    return new TextCheckpoint(folder, json, config.withVocabulary(rows), ownHead, true);
  }

  /** A line about weights that the configuration says otherwise of, if there are any. */
  public Optional<String> note() {
    return !ownHead ? Optional.empty() : Optional.of(folder + ": its configuration ties the head to the embedding, but "
        + config.names().head() + ".weight is stored with values of its own; these count, as in transformers."
        + " \"tie_word_embeddings\": false in " + CONFIG + " would say so.");
  }

  public Path folder() {
    return folder;
  }

  /** What the configuration describes. */
  public DecoderConfig config() {
    return config;
  }

  /** The content of {@code config.json}. */
  public JsonNode json() {
    return json;
  }

  /** The ids that end a text, as {@code generation_config.json} and {@code config.json} say; often none. */
  public Set<Integer> endIds() {
    Set<Integer> ends = new LinkedHashSet<>();
    Path generation = folder.resolve("generation_config.json");
    if (Files.isRegularFile(generation)) {
      addEnds(JsonFiles.read(generation), ends);
    }
    addEnds(json, ends);
    return ends;
  }

  private static void addEnds(JsonNode json, Set<Integer> ends) {
    JsonNode end = json.path("eos_token_id");
    if (end.isInt()) {
      ends.add(end.asInt());
    } else {
      end.forEach(each -> ends.add(each.asInt()));
    }
  }

  /**
   * Builds the model without weights.
   *
   * @param precision type of weights and computation
   */
  public CausalLm declare(ElementType precision) {
    return new CausalLm(config, precision.dataType());
  }

  /**
   * Gives a declared model its weights. They may lie in the files' mapped memory and are read-only.
   *
   * @param model what {@link #declare} made
   * @param precision type of the weights, as declared
   * @param owner owner of the weights
   * @throws UserException that lists what is missing, surplus or misshapen
   */
  public void load(CausalLm model, ElementType precision, NDManager owner) {
    load(model, precision, UnaryOperator.identity(), owner);
  }

  /**
   * The same through a view of the stored tensors, such as one that understands quantised ones.
   *
   * @param view makes of the stored tensors, under the file's names, those to read
   */
  public void load(CausalLm model, ElementType precision, UnaryOperator<TensorSource> view, NDManager owner) {
    try (TensorSource source = source()) {
      WeightLoader.load(model, weights(view.apply(source), model), precision, owner);
    }
  }

  /**
   * Compares the stored weights with a declared model's, by names, shapes and types alone: nothing is read.
   *
   * @param view as for {@link #load}
   * @throws UserException as {@link #load} does
   */
  public void check(CausalLm model, UnaryOperator<TensorSource> view) {
    try (TensorSource source = source()) {
      WeightLoader.check(model, weights(view.apply(source), model));
    }
  }

  /** As {@link #load}, every weight being a copy of its own that may be changed in place. */
  public void loadWritable(CausalLm model, ElementType precision, NDManager owner) {
    try (TensorSource source = source()) {
      WeightLoader.loadWritable(model, weights(source, model), precision, owner);
    }
  }

  private TensorSource weights(TensorSource source, CausalLm model) {
    RenamedSource weights = TextWeights.forModel(source, model);
    return resized ? TextWeights.resized(weights, config) : weights;
  }

  /** {@link #declare} and {@link #load} in one go. */
  public CausalLm model(ElementType precision, NDManager owner) {
    CausalLm model = declare(precision);
    load(model, precision, owner);
    return model;
  }

  /**
   * The stored tensors under the file's own names; the caller closes them.
   *
   * @throws UserException when the folder has no weights
   */
  public TensorSource source() {
    return weights(folder).map(TensorSources::open)
        .orElseThrow(() -> new UserException(folder + " has no weights. Looked for "
            + String.join(", ", WEIGHTS) + "."));
  }

  private static Optional<Path> weights(Path folder) {
    return WEIGHTS.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst();
  }
}
