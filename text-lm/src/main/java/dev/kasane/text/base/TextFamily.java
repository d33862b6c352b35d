package dev.kasane.text.base;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.family.AdapterSigns;
import dev.kasane.core.family.BaseKind;
import dev.kasane.core.family.BaseParts;
import dev.kasane.core.family.ModelFamily;
import dev.kasane.core.family.PlannedModel;
import dev.kasane.core.family.PlannedRun;
import dev.kasane.core.family.Recognition;
import dev.kasane.core.module.DeclaredWeight;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.text.checkpoint.TextLayers;
import dev.kasane.text.family.Families;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.DecoderConfig;
import dev.kasane.text.model.DropoutRates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Decoder-only language models. */
public final class TextFamily implements ModelFamily {
  /** A language model of any architecture. */
  public static final BaseKind LANGUAGE_MODEL = new LanguageModel();

  private static final String CONFIG = "config.json";
  private static final Pattern LAYERS = Pattern.compile("(?:^|[._])(?:layers?|h|blocks?)[._]\\d+[._]"
      + "(?:layer[._]\\d+[._])?(?:self_attn|attn|attention|self_attention|SelfAttention|EncDecAttention"
      + "|DenseReluDense|mlp|mixer|block_sparse_moe|feed_forward|linear_attn)(?:[._]|$)");
  private static final Pattern OTHER_MODELS = Pattern.compile("(?:^|[._])(?:text_model|vision_model|vit"
      + "|clip|dinov2|swin|down_blocks|up_blocks|mid_block|diffusion_model|input_blocks|output_blocks"
      + "|double_blocks|single_blocks|transformer_blocks|joint_blocks|cond_stage_model)(?:[._]|$)"
      + "|^lora_te|^text_encoder|^(?:text_encoders\\.)?clip_|^conditioner\\.embedders");

  private record LanguageModel() implements BaseKind {
    @Override
    public String id() {
      return "llm";
    }

    @Override
    public String title() {
      return "a language model";
    }

    @Override
    public boolean isDiverse() {
      return true;
    }
  }

  @Override
  public String id() {
    return "text";
  }

  @Override
  public String title() {
    return "language models (" + String.join(", ", Families.architectures()) + ")";
  }

  @Override
  public List<BaseKind> kinds() {
    return List.of(LANGUAGE_MODEL);
  }

  @Override
  public Optional<BaseKind> kindOf(AdapterSigns adapter) {
    Set<String> names = adapter.tensors().keySet();
    return any(names, LAYERS) && !any(names, OTHER_MODELS) ? Optional.of(LANGUAGE_MODEL) : Optional.empty();
  }

  private static boolean any(Set<String> names, Pattern wanted) {
    return names.stream().anyMatch(name -> wanted.matcher(name).find());
  }

  /** {@inheritDoc} Any configuration that is not diffusers' is looked at, and told which architectures are known. */
  @Override
  public Recognition recognise(Path model) {
    Path file = config(model);
    if (!Files.isRegularFile(file) || !file.toString().endsWith(".json")) {
      return Recognition.NO;
    }
    JsonNode json = JsonFiles.read(file);
    return json.has("_class_name") ? Recognition.NO : Families.recognises(json) ? Recognition.YES : Recognition.LIKELY;
  }

  private static Path config(Path model) {
    return Files.isDirectory(model) ? model.resolve(CONFIG) : model;
  }

  /** A model as adapters see it. */
  public static BaseParts parts(CausalLm model) {
    return new BaseParts(LANGUAGE_MODEL, Map.of(CausalLm.COMPONENT, model));
  }

  @Override
  public BaseParts declare(Path model, UnaryOperator<TensorSource> view) {
    Path file = config(model);
    CausalLm declared = new CausalLm(Families.read(JsonFiles.read(file), file.toString()), DataType.FLOAT32);
    DeclaredWeight.declare(declared);
    return parts(declared);
  }

  @Override
  public Optional<CheckpointLayers> layers(Path model) {
    return Files.isRegularFile(model.resolve(CONFIG)) ? Optional.of(TextLayers.open(model)) : Optional.empty();
  }

  @Override
  public PlannedModel plan(Path file, PlannedRun run) {
    JsonNode json = JsonFiles.read(file);
    DecoderConfig config = Families.read(json, file.toString());
    long table = config.head().tied() ? 0 : (long) config.vocabularySize() * config.tokens().width();
    String stored = json.path("dtype").asText(json.path("torch_dtype").asText());
    CausalLm model = new CausalLm(config, ElementType.FLOAT32.dataType());
    return new PlannedModel(config.family(), TextBase.quantisable(model, config.names()),
        path -> block(path, config.names().layers() + "."), "base_model.model.", table, stored,
        TextActivations.rule(config, run.dropouts() ? config.dropouts() : DropoutRates.NONE, run.length()));
  }

  private static String block(String path, String layers) {
    return path.startsWith(layers) ? layers + path.substring(layers.length()).split("\\.", 2)[0] : "";
  }
}
