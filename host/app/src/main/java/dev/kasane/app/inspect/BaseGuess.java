package dev.kasane.app.inspect;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Which base model a file was made for: what its metadata say, failing that its names and widths. */
public enum BaseGuess {
  /** Stable Diffusion 1.x. */
  SD1("sd1", "Stable Diffusion 1.x"),
  /** Stable Diffusion 2.x. */
  SD2("sd2", "Stable Diffusion 2.x"),
  /** Stable Diffusion XL. */
  SDXL("sdxl", "Stable Diffusion XL"),
  /** A language model. */
  LLM("llm", "a language model"),
  /** Nothing tells. */
  UNKNOWN("unknown", "an unknown base");

  private static final Map<Long, BaseGuess> BY_CONTEXT_WIDTH =
      Map.of(768L, SD1, 1024L, SD2, 2048L, SDXL, 1280L, SDXL);
  /** SDXL alone has two text encoders, and more than one transformer in a spatial transformer. */
  private static final Pattern SDXL_ONLY = Pattern.compile(
      "^lora_te2[_.]|^text_encoder_2\\.|^(?:text_encoders\\.)?clip_g\\.|^conditioner\\.embedders|label_emb|add_embedding|(?:^|\\.)clip_g$"
          + "|attentions[._]\\d[._]transformer_blocks[._][1-9]"
          + "|(?:input_blocks|output_blocks)[._]\\d+[._]1[._]transformer_blocks[._][1-9]"
          + "|middle_block[._]1[._]transformer_blocks[._][1-9]");
  /** What cross-attention reads from the text. */
  private static final Pattern CONTEXT = Pattern.compile("attn2[._](?:processor[._])?to_[kv]");
  private static final Pattern TEXT_ENCODER =
      Pattern.compile("^lora_te|text_model|^text_encoder[.:]|cond_stage_model");
  /** A text encoder of the second generation has 23 or 24 layers, those of the first 12. */
  private static final Pattern DEEP_TEXT_ENCODER = Pattern.compile(
      "(?:^lora_te[_.]|^text_encoder\\.|^(?:text_encoders\\.)?clip_h\\.).*encoder[._]layers[._](?:1[2-9]|2[0-3])[._]");
  private static final Pattern PROJECTION = Pattern.compile(
      "(?:attentions[._]\\d|(?:input|output)_blocks[._]\\d+[._]1|middle_block[._]1)[._]proj_in[._].*(?:down\\.weight|lora_A\\.weight|hada_w1_b)$");
  private static final Pattern LANGUAGE_MODEL = Pattern.compile("(?:^|[._])(?:layers?|h|blocks?)[._]\\d+[._]"
      + "(?:layer[._]\\d+[._])?(?:self_attn|attn|attention|self_attention|SelfAttention|EncDecAttention"
      + "|DenseReluDense|mlp|mixer|block_sparse_moe|feed_forward|linear_attn)(?:[._]|$)");
  private static final Pattern NO_LANGUAGE_MODEL = Pattern.compile("(?:^|[._])(?:text_model|vision_model|vit"
      + "|clip|dinov2|swin|down_blocks|up_blocks|mid_block|diffusion_model|input_blocks|output_blocks"
      + "|double_blocks|single_blocks|transformer_blocks|joint_blocks|cond_stage_model)(?:[._]|$)|^lora_te");
  private static final Pattern READS_INPUT = Pattern.compile(
      "(?:down\\.weight|lora_A(?:\\.\\w+)?\\.weight|:down|hada_w1_b|to_[kv]\\.weight|\\.diff)$");

  private static final Pattern OTHER_TRANSFORMER = Pattern.compile("(?:double|single|joint)_blocks");
  private static final Pattern FIRST_TEXT_ENCODER = Pattern.compile("^(?:lora_te1?[_.]|text_encoder\\.|(?:text_encoders\\.)?clip_l\\.)");
  private static final Pattern NAMELESS = Pattern.compile("(?:unet|list):\\d+:down");
  private static final Pattern WORD = Pattern.compile("emb_params|string_to_param\\..+|<.+>|clip_l");

  private final String id;
  private final String title;

  BaseGuess(String id, String title) {
    this.id = id;
    this.title = title;
  }

  /** The name in JSON. */
  public String id() {
    return id;
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** The kind of base whose cross-attention reads text of this width. */
  public static BaseGuess ofContextWidth(long width) {
    return BY_CONTEXT_WIDTH.getOrDefault(width, UNKNOWN);
  }

  /** The best guess about a file. */
  public static BaseGuess of(TensorListing file) {
    Set<String> names = file.tensors().keySet();
    return byMetadata(file.metadata()).or(() -> byNames(names)).or(() -> byWidths(file))
        .or(() -> byStructure(file)).orElse(isLanguageModel(names) ? LLM : UNKNOWN);
  }

  private static boolean isLanguageModel(Set<String> names) {
    return any(names, LANGUAGE_MODEL) && !any(names, NO_LANGUAGE_MODEL);
  }

  private static boolean any(Set<String> names, Pattern wanted) {
    return names.stream().anyMatch(name -> wanted.matcher(name).find());
  }

  private static Optional<BaseGuess> byMetadata(Map<String, String> metadata) {
    String version = metadata.getOrDefault("ss_base_model_version", "").toLowerCase(Locale.ROOT);
    String architecture = metadata.getOrDefault("modelspec.architecture", "").toLowerCase(Locale.ROOT);
    if (version.startsWith("sdxl") || architecture.startsWith("stable-diffusion-xl")) {
      return Optional.of(SDXL);
    } else if (version.startsWith("sd_v2") || architecture.startsWith("stable-diffusion-v2")) {
      return Optional.of(SD2);
    }
    boolean first = version.startsWith("sd_v1") || architecture.startsWith("stable-diffusion-v1");
    return first ? Optional.of(SD1) : Optional.empty();
  }

  private static Optional<BaseGuess> byNames(Set<String> names) {
    return any(names, SDXL_ONLY) && !any(names, OTHER_TRANSFORMER)
        ? Optional.of(SDXL) : Optional.empty();
  }

  private static Optional<BaseGuess> byWidths(TensorListing file) {
    boolean text = file.tensors().keySet().stream().noneMatch(name -> name.startsWith("lora_te1_"));
    return Stream.of(widths(file, CONTEXT), lokrWidths(file), text ? widths(file, TEXT_ENCODER) : LongStream.empty(),
            nameless(file), words(file))
        .map(widths -> widths.mapToObj(BaseGuess::ofContextWidth)
            .filter(guess -> guess != UNKNOWN).findFirst())
        .flatMap(Optional::stream).findFirst();
  }

  /** Facts about the shape of the network, for methods whose parameters do not show the text's width. */
  private static Optional<BaseGuess> byStructure(TensorListing file) {
    if (any(file.tensors().keySet(), DEEP_TEXT_ENCODER)) {
      return Optional.of(SD2);
    }
    Optional<StoredTensor> projection = file.tensors().values().stream()
        .filter(tensor -> PROJECTION.matcher(tensor.name()).find()).findFirst();
    if (projection.isPresent()) {
      // The way into a spatial transformer is a 1×1 convolution in the first generation alone.
      return Optional.of(projection.get().shape().size() == 4 ? SD1 : SD2);
    }
    return any(file.tensors().keySet(), FIRST_TEXT_ENCODER)
        ? Optional.of(SD1) : Optional.empty();
  }

  private static LongStream widths(TensorListing file, Pattern where) {
    return file.tensors().values().stream()
        .filter(tensor -> where.matcher(tensor.name()).find() && READS_INPUT.matcher(tensor.name()).find())
        .mapToLong(tensor -> tensor.size(1));
  }

  /** The inputs of a Kronecker product are the product of its factors' inputs. */
  private static LongStream lokrWidths(TensorListing file) {
    return file.tensors().keySet().stream()
        .filter(name -> CONTEXT.matcher(name).find())
        .map(name -> name.substring(0, name.indexOf('.') < 0 ? name.length() : name.lastIndexOf('.')))
        .distinct()
        .mapToLong(module -> lokrInputs(file, module, 1) * lokrInputs(file, module, 2))
        .filter(width -> width > 0);
  }

  private static long lokrInputs(TensorListing file, String module, int factor) {
    StoredTensor full = file.tensors().get(module + ".lokr_w" + factor);
    StoredTensor second = file.tensors().get(module + ".lokr_w" + factor + "_b");
    return full != null ? full.size(1) : second != null ? second.size(1) : 0;
  }

  /** Modules without names: 1280 and 2048 are also widths of the U-Net itself and tell nothing. */
  private static LongStream nameless(TensorListing file) {
    return file.tensors().values().stream()
        .filter(tensor -> NAMELESS.matcher(tensor.name()).matches())
        .mapToLong(tensor -> tensor.size(1)).filter(width -> width == 768 || width == 1024);
  }

  /** Learnt words are as wide as the text encoder. */
  private static LongStream words(TensorListing file) {
    return file.tensors().values().stream()
        .filter(tensor -> WORD.matcher(tensor.name()).matches())
        .mapToLong(tensor -> tensor.size(tensor.shape().size() - 1));
  }
}
