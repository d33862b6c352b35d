package dev.kasane.diffusion.base;

import dev.kasane.core.family.AdapterSigns;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.diffusion.checkpoint.KnownBase;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Which Stable Diffusion an adapter was made for: what its names say, failing that its widths.
 *
 * @param adapter the file's header
 */
record BaseSigns(AdapterSigns adapter) {
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
  private static final Pattern WHOLE_CONTEXT = Pattern.compile("attn2[._]to_[kv]\\.weight$");

  private static final Pattern OTHER_TRANSFORMER = Pattern.compile("(?:double|single|joint)_blocks");
  private static final Pattern FIRST_TEXT_ENCODER = Pattern.compile("^(?:lora_te1?[_.]|text_encoder\\.|(?:text_encoders\\.)?clip_l\\.)");
  private static final Pattern NAMELESS = Pattern.compile("(?:unet|list):\\d+");

  /** The best guess. */
  Optional<KnownBase> kind() {
    return byNames().or(this::byWidths).or(this::byStructure);
  }

  private boolean any(Pattern wanted) {
    return adapter.tensors().keySet().stream().anyMatch(name -> wanted.matcher(name).find());
  }

  private Optional<KnownBase> byNames() {
    return any(SDXL_ONLY) && !any(OTHER_TRANSFORMER) ? Optional.of(KnownBase.SDXL) : Optional.empty();
  }

  private Optional<KnownBase> byWidths() {
    boolean text = adapter.tensors().keySet().stream().noneMatch(name -> name.startsWith("lora_te1_"));
    // Of modules without names 1280 and 2048 are also widths of the U-Net itself and tell nothing.
    return Stream.of(widths(CONTEXT), wholeWidths(), text ? widths(TEXT_ENCODER) : LongStream.empty(),
            widths(NAMELESS).filter(width -> width == 768 || width == 1024), words())
        .flatMap(widths -> widths.mapToObj(KnownBase::ofContextWidth).flatMap(Optional::stream).findFirst().stream())
        .findFirst();
  }

  /** Facts about the shape of the network, for methods whose parameters do not show the text's width. */
  private Optional<KnownBase> byStructure() {
    if (any(DEEP_TEXT_ENCODER)) {
      return Optional.of(KnownBase.SD2);
    }
    // The way into a spatial transformer is a 1×1 convolution in the first generation alone.
    return modules(PROJECTION).filter(facts -> facts.reads().get().get(0) == facts.sizes().getOrDefault(
            ModuleFacts.RANK, -1L)).findFirst()
        .map(facts -> facts.reads().get().dimension() == 4 ? KnownBase.SD1 : KnownBase.SD2)
        .or(() -> any(FIRST_TEXT_ENCODER) ? Optional.of(KnownBase.SD1) : Optional.empty());
  }

  private Stream<ModuleFacts> modules(Pattern where) {
    return adapter.modules().entrySet().stream().filter(module -> where.matcher(module.getKey()).find())
        .map(module -> module.getValue())
        .filter(facts -> facts.reads().filter(shape -> shape.dimension() > 1).isPresent());
  }

  private LongStream widths(Pattern where) {
    return modules(where).mapToLong(facts -> facts.reads().get().get(1));
  }

  /** A base's own weights. */
  private LongStream wholeWidths() {
    return adapter.tensors().entrySet().stream().filter(tensor -> WHOLE_CONTEXT.matcher(tensor.getKey()).find())
        .mapToLong(tensor -> tensor.getValue().dimension() > 1 ? tensor.getValue().get(1) : -1);
  }

  /** Learnt words are as wide as the text encoder. */
  private LongStream words() {
    return adapter.words().stream()
        .mapToLong(shape -> shape.dimension() == 0 ? -1 : shape.get(shape.dimension() - 1));
  }
}
