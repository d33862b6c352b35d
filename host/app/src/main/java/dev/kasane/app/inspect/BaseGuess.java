package dev.kasane.app.inspect;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
  private static final Pattern SDXL_ONLY = Pattern.compile(
      "^lora_te2_|^text_encoder_2\\.|^conditioner\\.embedders|label_emb|add_embedding");
  /** What cross-attention reads from the text. */
  private static final Pattern CONTEXT = Pattern.compile("attn2[._](?:processor[._])?to_k");
  private static final Pattern TEXT_ENCODER = Pattern.compile("^lora_te|text_model|^text_encoder[.:]");
  private static final Pattern LANGUAGE_MODEL = Pattern.compile(
      "(?:^|\\.)(?:layers|h|blocks)\\.\\d+\\.(?:self_attn|attn|attention|self_attention|mlp)\\b");
  private static final Pattern READS_INPUT = Pattern.compile(
      "(?:down\\.weight|lora_A(?:\\.\\w+)?\\.weight|:down|hada_w1_b|to_k\\.weight)$");

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
    return byMetadata(file.metadata()).or(() -> byNames(file)).or(() -> byWidths(file)).orElse(
        file.tensors().keySet().stream().anyMatch(name -> LANGUAGE_MODEL.matcher(name).find())
            && file.tensors().keySet().stream().noneMatch(name -> TEXT_ENCODER.matcher(name).find())
            ? LLM : UNKNOWN);
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

  private static Optional<BaseGuess> byNames(TensorListing file) {
    return file.tensors().keySet().stream().anyMatch(name -> SDXL_ONLY.matcher(name).find())
        ? Optional.of(SDXL) : Optional.empty();
  }

  private static Optional<BaseGuess> byWidths(TensorListing file) {
    return Stream.of(widths(file, CONTEXT), widths(file, TEXT_ENCODER), nameless(file))
        .map(widths -> widths.mapToObj(BaseGuess::ofContextWidth)
            .filter(guess -> guess != UNKNOWN).findFirst())
        .flatMap(Optional::stream).findFirst();
  }

  private static LongStream widths(TensorListing file, Pattern where) {
    return file.tensors().values().stream()
        .filter(tensor -> where.matcher(tensor.name()).find() && READS_INPUT.matcher(tensor.name()).find())
        .mapToLong(tensor -> tensor.size(1));
  }

  /** Modules without names: 1280 and 2048 are also widths of the U-Net itself and tell nothing. */
  private static LongStream nameless(TensorListing file) {
    return file.tensors().values().stream()
        .filter(tensor -> tensor.name().matches("(?:unet|list):\\d+:down"))
        .mapToLong(tensor -> tensor.size(1)).filter(width -> width == 768 || width == 1024);
  }
}
