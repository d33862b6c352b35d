package dev.kasane.app.inspect;

import dev.kasane.core.spi.AdapterKey.Role;
import dev.kasane.core.spi.HeaderFacts;
import dev.kasane.core.spi.ModuleFacts;
import java.util.Arrays;
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
      "(?:attentions[._]\\d|(?:input|output)_blocks[._]\\d+[._]1|middle_block[._]1)[._]proj_in$");
  private static final Pattern LANGUAGE_MODEL = Pattern.compile("(?:^|[._])(?:layers?|h|blocks?)[._]\\d+[._]"
      + "(?:layer[._]\\d+[._])?(?:self_attn|attn|attention|self_attention|SelfAttention|EncDecAttention"
      + "|DenseReluDense|mlp|mixer|block_sparse_moe|feed_forward|linear_attn)(?:[._]|$)");
  private static final Pattern NO_LANGUAGE_MODEL = Pattern.compile("(?:^|[._])(?:text_model|vision_model|vit"
      + "|clip|dinov2|swin|down_blocks|up_blocks|mid_block|diffusion_model|input_blocks|output_blocks"
      + "|double_blocks|single_blocks|transformer_blocks|joint_blocks|cond_stage_model)(?:[._]|$)|^lora_te");
  private static final Pattern WHOLE_CONTEXT = Pattern.compile("attn2[._]to_[kv]\\.weight$");

  private static final Pattern OTHER_TRANSFORMER = Pattern.compile("(?:double|single|joint)_blocks");
  private static final Pattern FIRST_TEXT_ENCODER = Pattern.compile("^(?:lora_te1?[_.]|text_encoder\\.|(?:text_encoders\\.)?clip_l\\.)");
  private static final Pattern NAMELESS = Pattern.compile("(?:unet|list):\\d+");

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
  public static BaseGuess of(AdapterContents file) {
    Set<String> names = file.listing().tensors().keySet();
    return byMetadata(file).or(() -> byNames(names)).or(() -> byWidths(file))
        .or(() -> byStructure(file)).orElse(isLanguageModel(names) ? LLM : UNKNOWN);
  }

  private static boolean isLanguageModel(Set<String> names) {
    return any(names, LANGUAGE_MODEL) && !any(names, NO_LANGUAGE_MODEL);
  }

  private static boolean any(Set<String> names, Pattern wanted) {
    return names.stream().anyMatch(name -> wanted.matcher(name).find());
  }

  private static Optional<BaseGuess> byMetadata(AdapterContents file) {
    return file.metadataFacts().stream().map(HeaderFacts::base)
        .flatMap(base -> Arrays.stream(values()).filter(each -> each.id.equals(base))).findFirst();
  }

  private static Optional<BaseGuess> byNames(Set<String> names) {
    return any(names, SDXL_ONLY) && !any(names, OTHER_TRANSFORMER)
        ? Optional.of(SDXL) : Optional.empty();
  }

  private static Optional<BaseGuess> byWidths(AdapterContents file) {
    boolean text = file.listing().tensors().keySet().stream().noneMatch(name -> name.startsWith("lora_te1_"));
    // Of modules without names 1280 and 2048 are also widths of the U-Net itself and tell nothing.
    return Stream.of(widths(file, CONTEXT), wholeWidths(file), text ? widths(file, TEXT_ENCODER) : LongStream.empty(),
            widths(file, NAMELESS).filter(width -> width == 768 || width == 1024), words(file))
        .map(widths -> widths.mapToObj(BaseGuess::ofContextWidth)
            .filter(guess -> guess != UNKNOWN).findFirst())
        .flatMap(Optional::stream).findFirst();
  }

  /** Facts about the shape of the network, for methods whose parameters do not show the text's width. */
  private static Optional<BaseGuess> byStructure(AdapterContents file) {
    Set<String> names = file.listing().tensors().keySet();
    if (any(names, DEEP_TEXT_ENCODER)) {
      return Optional.of(SD2);
    }
    // The way into a spatial transformer is a 1×1 convolution in the first generation alone.
    return modules(file, PROJECTION).filter(facts -> facts.reads().get().get(0) == facts.sizes().getOrDefault(
            ModuleFacts.RANK, -1L)).findFirst().map(facts -> facts.reads().get().dimension() == 4 ? SD1 : SD2)
        .or(() -> any(names, FIRST_TEXT_ENCODER) ? Optional.of(SD1) : Optional.empty());
  }

  private static Stream<ModuleFacts> modules(AdapterContents file, Pattern where) {
    return file.modules().entrySet().stream().filter(module -> where.matcher(module.getKey()).find())
        .flatMap(module -> module.getValue().facts().stream())
        .filter(facts -> facts.reads().filter(shape -> shape.dimension() > 1).isPresent());
  }

  private static LongStream widths(AdapterContents file, Pattern where) {
    return modules(file, where).mapToLong(facts -> facts.reads().get().get(1));
  }

  /** A base's own weights. */
  private static LongStream wholeWidths(AdapterContents file) {
    return file.listing().tensors().values().stream()
        .filter(tensor -> WHOLE_CONTEXT.matcher(tensor.name()).find()).mapToLong(tensor -> tensor.size(1));
  }

  /** Learnt words are as wide as the text encoder. */
  private static LongStream words(AdapterContents file) {
    return file.keys().entrySet().stream().filter(key -> key.getValue().role() == Role.WORD)
        .map(key -> file.listing().tensors().get(key.getKey()))
        .mapToLong(tensor -> tensor.size(tensor.shape().dimension() - 1));
  }
}
