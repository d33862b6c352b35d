package dev.kasane.text.checkpoint;

import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.checkpoint.ModuleSource;
import dev.kasane.core.checkpoint.RenamedSource;
import dev.kasane.core.checkpoint.RenamedSource.Stored;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorTransform;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.DecoderConfig;
import dev.kasane.text.model.DecoderNames;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Between a model's weights and the tensors of a Hugging Face checkpoint, which are the same but for a few
 * habits: the bare decoder's files leave out the first word of the names, GPT-2's hold matrices as (in, out)
 * unless they are quantised,
 * and files of tied models may hold the embedding a second time as the head, or as the head alone.
 */
public final class TextWeights {
  private static final String WEIGHT = ".weight";
  private static final Set<String> MASKS = Set.of("attn.bias", "attn.masked_bias");

  private TextWeights() {}

  /**
   * A checkpoint's tensors under the model's names and in its forms.
   *
   * @param source the checkpoint
   * @param model the model, weights or none
   */
  public static RenamedSource forModel(TensorSource source, CausalLm model) {
    String prefix = model.config().names().prefix();
    boolean bare = source.names().stream().noneMatch(name -> name.startsWith(prefix));
    Set<String> matrices = transposed(model);
    Map<String, Stored> mapping = new LinkedHashMap<>();
    for (String stored : source.names()) {
      String name = bare && !isHead(stored, model.config()) ? prefix + stored : stored;
      if (!isSpare(name, model.config())) {
        // What is quantised was turned before.
        mapping.put(name, form(stored, matrices.contains(name) && !source.isQuantised(stored)));
      }
    }
    DecoderNames names = model.config().names();
    String head = names.head() + WEIGHT;
    if (model.config().head().tied() && !mapping.containsKey(names.tokens() + WEIGHT)
        && source.names().contains(head)) {
      // Either name will do for what is one weight.
      mapping.put(names.tokens() + WEIGHT, Stored.as(head));
    }
    return new RenamedSource(source, mapping);
  }

  /** The weights under the model's names with as many rows in the tables of tokens as a configuration says. */
  static RenamedSource resized(RenamedSource weights, DecoderConfig config) {
    Set<String> tables = Set.of(config.names().tokens() + WEIGHT, config.names().head() + WEIGHT);
    Map<String, Stored> mapping = new LinkedHashMap<>();
    weights.names().forEach(name -> mapping.put(name, !tables.contains(name) ? Stored.as(name)
        : new Stored(name, new TensorTransform.Rows(config.vocabularySize()))));
    return new RenamedSource(weights, mapping);
  }

  /**
   * Whether files whose configuration ties the head to the embedding hold a head with other rows all the same, which
   * is what counts then, as in transformers.
   *
   * @param source the checkpoint
   * @param config what its configuration describes
   */
  static boolean hasOwnHead(TensorSource source, DecoderConfig config) {
    String head = config.names().head() + WEIGHT;
    String tokens = config.names().tokens() + WEIGHT;
    String stored = source.names().contains(tokens) ? tokens : tokens.substring(config.names().prefix().length());
    if (!config.head().tied() || !source.names().contains(head) || !source.names().contains(stored)) {
      return false;
    }
    try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
      return !source.shape(head).equals(source.shape(stored))
          || !OPS.cast(source.read(head, scope), DataType.FLOAT32)
              .contentEquals(OPS.cast(source.read(stored, scope), DataType.FLOAT32));
    }
  }

  /**
   * A model's weights as a checkpoint: what {@code model.safetensors} holds.
   *
   * @param model a model whose weights are all set
   */
  public static TensorSource ofModel(CausalLm model) {
    Set<String> matrices = transposed(model);
    Map<String, Stored> mapping = new LinkedHashMap<>();
    TensorSource weights = new ModuleSource(model, "the " + model.config().family() + " model");
    weights.names().forEach(name -> mapping.put(name, form(name, matrices.contains(name))));
    return new RenamedSource(weights, mapping);
  }

  private static Stored form(String stored, boolean transposed) {
    return transposed ? new Stored(stored, new TensorTransform.Transpose()) : Stored.as(stored);
  }

  private static Set<String> transposed(CausalLm model) {
    String layers = model.config().names().layers() + ".";
    return !model.config().names().transposed() ? Set.of()
        : model.adaptableLayers().keySet().stream().filter(path -> path.startsWith(layers))
            .map(path -> path + WEIGHT).collect(Collectors.toSet());
  }

  private static boolean isHead(String name, DecoderConfig config) {
    return name.equals(config.names().head() + WEIGHT);
  }

  /** Tensors that the model makes itself: a tied head, and masks that old files of GPT-2 and NeoX carry. */
  private static boolean isSpare(String name, DecoderConfig config) {
    return config.head().tied() && isHead(name, config)
        || config.names().transposed() && MASKS.stream().anyMatch(mask -> name.endsWith("." + mask));
  }
}
