package dev.kasane.quant.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.RenamedSource;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.checkpoint.TensorTransform;
import dev.kasane.core.files.FolderCopy;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.quant.LinearNames;
import dev.kasane.quant.QuantisationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A folder of Hugging Face with a configuration and weights in one file or several.
 *
 * @param folder the folder that has {@code config.json}
 * @param weights the weights' file, or the index of several
 */
record ModelFolder(Path folder, Path weights) {
  /** In the order in which transformers and diffusers look. */
  private static final List<String> WEIGHTS = List.of("model.safetensors", "model.safetensors.index.json",
      "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.safetensors.index.json",
      "pytorch_model.bin", "pytorch_model.bin.index.json",
      "diffusion_pytorch_model.bin", "diffusion_pytorch_model.bin.index.json");
  /** Any file of weights, in any precision; the quantised file takes their place. */
  private static final Pattern ANY_WEIGHTS = Pattern.compile(
      "((diffusion_)?pytorch_model|model)[^/]*\\.(safetensors|bin|json)");
  private static final Set<String> GPT2_LAYERS = Set.of("c_attn", "q_attn", "c_proj", "c_fc");
  /** The layers that transformers builds as Conv1D, by the kind of model. */
  private static final Map<String, Set<String>> TRANSPOSED = Map.of("gpt2", GPT2_LAYERS, "openai-gpt", GPT2_LAYERS,
      "imagegpt", GPT2_LAYERS, "decision_transformer", GPT2_LAYERS);
  private static final String QUANTISATION = "quantization_config";
  private static final List<String> DIFFUSION_PARTS = List.of("unet", "transformer");

  /**
   * The model in a folder; of a diffusers pipeline, its U-Net or transformer.
   *
   * @throws UserException when there is none
   */
  static ModelFolder find(Path folder) {
    if (Files.exists(folder.resolve("model_index.json"))) {
      return DIFFUSION_PARTS.stream().map(folder::resolve).filter(Files::isDirectory).findFirst()
          .map(ModelFolder::open).orElseThrow(() -> new UserException(
              folder + " is a diffusers pipeline without one of the parts " + DIFFUSION_PARTS + "."));
    }
    return open(folder);
  }

  private static ModelFolder open(Path folder) {
    if (!Files.exists(folder.resolve("config.json"))) {
      throw new UserException(folder + " has no config.json. Give a model folder of Hugging Face, of diffusers, or a"
          + " single safetensors file.");
    }
    return new ModelFolder(folder, first(folder).orElseThrow(() ->
        new UserException(folder + " has no weights. Looked for " + String.join(", ", WEIGHTS) + ".")));
  }

  private static Optional<Path> first(Path folder) {
    return WEIGHTS.stream().map(folder::resolve).filter(Files::exists).findFirst();
  }

  /** The name of the one file that the quantised weights go to. */
  String quantisedName() {
    return weights.getFileName().toString().startsWith("diffusion")
        ? "diffusion_pytorch_model.safetensors" : "model.safetensors";
  }

  /** Checks that the configuration says that the weights are quantised. */
  void requireQuantised() {
    if (!config().has(QUANTISATION)) {
      throw new UserException(folder + " has a config.json without " + QUANTISATION + ".");
    }
  }

  /**
   * Copies a whole tree but for this model's weights and configuration.
   *
   * @throws UserException for a link that is not followed
   */
  void copyRest(Path from, Path to) throws IOException {
    FolderCopy.copy(from, to, this::isReplaced);
  }

  private boolean isReplaced(Path file) {
    String name = file.getFileName().toString();
    return file.getParent().equals(folder) && (name.equals("config.json") || ANY_WEIGHTS.matcher(name).matches());
  }

  /**
   * The configuration with what transformers and diffusers write about a quantised model.
   *
   * @throws UserException when it is no JSON object or the model is quantised already
   */
  byte[] config(QuantisationSettings settings, List<String> skips) throws IOException {
    Path file = folder.resolve("config.json");
    ObjectNode config = config();
    if (config.has(QUANTISATION)) {
      throw new UserException(file + " says that the model is quantised already. Start from the dense model.");
    }
    config.set(QUANTISATION, quantisation(settings, skips, dtype(config)));
    return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(config);
  }

  /**
   * The tensors as they are to be quantised: matrices that lie as (in, out) are turned first, as transformers does it.
   *
   * @param source the weights
   * @param chosen which of them are quantised; the others stay as they lie
   */
  TensorSource oriented(TensorSource source, Predicate<String> chosen) throws IOException {
    if (!TRANSPOSED.containsKey(config().path("model_type").asText())) {
      return source;
    }
    Set<String> layers = TRANSPOSED.get(config().path("model_type").asText());
    Map<String, RenamedSource.Stored> mapping = new LinkedHashMap<>();
    for (String name : source.names()) {
      boolean turned = chosen.test(name) && layers.contains(LinearNames.layerWord(name));
      mapping.put(name, turned ? new RenamedSource.Stored(name, new TensorTransform.Transpose())
          : RenamedSource.Stored.as(name));
    }
    return new RenamedSource(source, mapping);
  }

  private ObjectNode config() {
    return JsonFiles.read(folder.resolve("config.json"));
  }

  private static ElementType dtype(ObjectNode config) {
    String dtype = config.path("dtype").asText(config.path("torch_dtype").asText(""));
    return ElementType.PRECISIONS.stream().filter(each -> each.toString().equals(dtype)).findFirst()
        .orElse(ElementType.FLOAT32);
  }

  private static ObjectNode quantisation(QuantisationSettings settings, List<String> skips, ElementType dtype) {
    boolean int8 = settings.kind() == QuantisationSettings.Kind.INT8;
    ObjectNode config = Json.MAPPER.createObjectNode();
    config.put("_load_in_4bit", !int8).put("_load_in_8bit", int8)
        .put("bnb_4bit_compute_dtype", (int8 ? ElementType.FLOAT32 : dtype).toString())
        .put("bnb_4bit_quant_storage", "uint8")
        .put("bnb_4bit_quant_type", int8 ? "fp4" : settings.kind().id())
        .put("bnb_4bit_use_double_quant", settings.doubleQuant())
        .put("llm_int8_enable_fp32_cpu_offload", false)
        .put("llm_int8_has_fp16_weight", false);
    if (skips.isEmpty()) {
      config.putNull("llm_int8_skip_modules");
    } else {
      // A list of one's own replaces the rule that leaves the output head alone.
      skips.forEach(config.putArray("llm_int8_skip_modules").add("lm_head")::add);
    }
    return config.put("llm_int8_threshold", 6.0).put("load_in_4bit", !int8).put("load_in_8bit", int8)
        .put("quant_method", "bitsandbytes");
  }
}
