package dev.kasane.diffusion.base;

import ai.djl.ndarray.types.Shape;
import dev.kasane.diffusion.checkpoint.KnownBase;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Which Stable Diffusion a file was made for: what its metadata say, failing that its names and widths.
 *
 * @param metadata the file's own metadata
 * @param tensors the shapes of its tensors by name
 */
record BaseSigns(Map<String, String> metadata, Map<String, Shape> tensors) {
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
  private static final Pattern READS_INPUT = Pattern.compile(
      "(?:down\\.weight|lora_A(?:\\.\\w+)?\\.weight|:down|hada_w1_b|to_[kv]\\.weight|\\.diff)$");

  private static final Pattern OTHER_TRANSFORMER = Pattern.compile("(?:double|single|joint)_blocks");
  private static final Pattern FIRST_TEXT_ENCODER = Pattern.compile("^(?:lora_te1?[_.]|text_encoder\\.|(?:text_encoders\\.)?clip_l\\.)");
  private static final Pattern NAMELESS = Pattern.compile("^(?:unet|list):\\d+:down$");
  private static final Pattern WORD = Pattern.compile("^(?:emb_params|string_to_param\\..+|<.+>|clip_l)$");

  /** The best guess. */
  Optional<KnownBase> kind() {
    return byMetadata().or(this::byNames).or(this::byWidths).or(this::byStructure);
  }

  private boolean any(Pattern wanted) {
    return tensors.keySet().stream().anyMatch(name -> wanted.matcher(name).find());
  }

  private Optional<KnownBase> byMetadata() {
    String version = metadata.getOrDefault("ss_base_model_version", "").toLowerCase(Locale.ROOT);
    String architecture = metadata.getOrDefault("modelspec.architecture", "").toLowerCase(Locale.ROOT);
    if (version.startsWith("sdxl") || architecture.startsWith("stable-diffusion-xl")) {
      return Optional.of(KnownBase.SDXL);
    } else if (version.startsWith("sd_v2") || architecture.startsWith("stable-diffusion-v2")) {
      return Optional.of(KnownBase.SD2);
    }
    boolean first = version.startsWith("sd_v1") || architecture.startsWith("stable-diffusion-v1");
    return first ? Optional.of(KnownBase.SD1) : Optional.empty();
  }

  private Optional<KnownBase> byNames() {
    return any(SDXL_ONLY) && !any(OTHER_TRANSFORMER) ? Optional.of(KnownBase.SDXL) : Optional.empty();
  }

  private Optional<KnownBase> byWidths() {
    boolean text = tensors.keySet().stream().noneMatch(name -> name.startsWith("lora_te1_"));
    return Stream.of(widths(CONTEXT), lokrWidths(), text ? widths(TEXT_ENCODER) : LongStream.empty(), nameless(), words())
        .flatMap(widths -> widths.mapToObj(KnownBase::ofContextWidth).flatMap(Optional::stream).findFirst().stream())
        .findFirst();
  }

  /** Facts about the shape of the network, for methods whose parameters do not show the text's width. */
  private Optional<KnownBase> byStructure() {
    if (any(DEEP_TEXT_ENCODER)) {
      return Optional.of(KnownBase.SD2);
    }
    Optional<Shape> projection = shapes(PROJECTION).findFirst();
    if (projection.isPresent()) {
      // The way into a spatial transformer is a 1×1 convolution in the first generation alone.
      return Optional.of(projection.get().dimension() == 4 ? KnownBase.SD1 : KnownBase.SD2);
    }
    return any(FIRST_TEXT_ENCODER) ? Optional.of(KnownBase.SD1) : Optional.empty();
  }

  private Stream<Shape> shapes(Pattern wanted) {
    return tensors.entrySet().stream().filter(tensor -> wanted.matcher(tensor.getKey()).find())
        .map(Map.Entry::getValue);
  }

  private LongStream widths(Pattern where) {
    return tensors.entrySet().stream()
        .filter(tensor -> where.matcher(tensor.getKey()).find() && READS_INPUT.matcher(tensor.getKey()).find())
        .mapToLong(tensor -> inputs(tensor.getValue()));
  }

  /** The inputs of a Kronecker product are the product of its factors' inputs. */
  private LongStream lokrWidths() {
    return tensors.keySet().stream()
        .filter(name -> CONTEXT.matcher(name).find())
        .map(name -> name.substring(0, name.indexOf('.') < 0 ? name.length() : name.lastIndexOf('.')))
        .distinct()
        .mapToLong(module -> lokrInputs(module, 1) * lokrInputs(module, 2))
        .filter(width -> width > 0);
  }

  private long lokrInputs(String module, int factor) {
    Shape full = tensors.get(module + ".lokr_w" + factor);
    Shape second = tensors.get(module + ".lokr_w" + factor + "_b");
    return full != null ? inputs(full) : second != null ? inputs(second) : 0;
  }

  /** Modules without names: 1280 and 2048 are also widths of the U-Net itself and tell nothing. */
  private LongStream nameless() {
    return shapes(NAMELESS).mapToLong(BaseSigns::inputs).filter(width -> width == 768 || width == 1024);
  }

  /** Learnt words are as wide as the text encoder. */
  private LongStream words() {
    return shapes(WORD).mapToLong(shape -> shape.dimension() == 0 ? -1 : shape.get(shape.dimension() - 1));
  }

  private static long inputs(Shape shape) {
    return shape.dimension() > 1 ? shape.get(1) : -1;
  }
}
