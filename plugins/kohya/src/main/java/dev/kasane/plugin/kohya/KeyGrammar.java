package dev.kasane.plugin.kohya;

import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterKey.Role;
import dev.kasane.core.spi.AdapterKey.Sign;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes keys apart without knowing the base, damaged ones too. */
final class KeyGrammar {
  private static final int LONGEST = 1024;
  private static final Pattern FLAT_SIGN = Pattern.compile("(?:lora_unet|lora_te[12]?|oft_unet|lycoris)_");
  private static final Pattern FLAT = Pattern.compile("((?:lora|oft|lycoris)_[^.]+)\\.(.+)");
  /** One broken converter joins the parameter on with a stroke. */
  private static final Pattern JOINED =
      Pattern.compile("((?:lora|oft|lycoris)_[^.]+)_(lora_(?:down|up|mid)\\.weight)");
  private static final Pattern DOUBLED_PREFIX =
      Pattern.compile("lora_(?:unet|te\\d?)_(?:unet|text_encoder(?:_2)?)_");
  /** Dotted names that no other format has, whatever the parameter is called: those of the original code, and ComfyUI's. */
  private static final Pattern OWN_NAME = Pattern.compile("(?:(?:(?:model\\.)?diffusion_model\\.|unet\\.|lora_unet\\.)?"
      + "(?:(?:input_blocks|output_blocks|middle_block|time_embed|label_emb)\\.|out\\.[02]\\.)"
      + "|(?:(?:model\\.)?diffusion_model|lora_unet)\\."
      + "(?:down_blocks|up_blocks|mid_block|conv_in|conv_out|conv_norm_out|time_embedding|add_embedding)\\."
      + "|(?:(?:text_encoders\\.)?clip_[lgh]|lora_te[12]?)\\.(?:transformer\\.)?text_(?:model|projection)\\.)");
  /** Dotted names that diffusers' files have too, with other parameters. */
  private static final Pattern SHARED_NAME = Pattern.compile("(?:unet|text_encoder(?:_2)?)\\..+");
  private static final Pattern WORD = Pattern.compile("bundle_emb\\.(.+?)\\.(.*)");
  /** What may stand before a layer's own name, dots made strokes. */
  private static final Pattern ROOT = Pattern.compile("^(?:lora_unet|lycoris|(?:model_)?diffusion_model|unet"
      + "|lora_te1?|(?:text_encoders_)?clip_l(?:_transformer)?|text_encoder)_");

  private KeyGrammar() {}

  static Optional<AdapterKey> parse(String key) {
    Matcher word = WORD.matcher(key);
    if (word.matches()) {
      return Optional.of(AdapterKey.of(word.group(1), word.group(2)).as(Role.WORD));
    }
    Matcher joined = JOINED.matcher(key);
    if (joined.matches()) {
      return Optional.of(flat(joined, key).mangled(key.startsWith("lora_")));
    }
    Optional<String> layer = key.length() > LONGEST ? Optional.empty() : Parameters.layerOf(key);
    Matcher flat = FLAT.matcher(key);
    return flat.matches() && !OWN_NAME.matcher(key).lookingAt()
        ? Optional.of(flat(flat, key).mangled(DOUBLED_PREFIX.matcher(key).lookingAt()))
        : layer.map(name -> dotted(name, key.substring(name.length() + 1)));
  }

  private static AdapterKey flat(Matcher parts, String key) {
    return key(parts.group(1), parts.group(2)).signed(FLAT_SIGN.matcher(key).lookingAt() ? Sign.CERTAIN : Sign.NONE);
  }

  private static AdapterKey dotted(String layer, String parameter) {
    boolean certain = !Parameters.isConstant(parameter) && (OWN_NAME.matcher(layer + ".").lookingAt()
        || SHARED_NAME.matcher(layer).matches() && !Parameters.isShared(parameter));
    return key(layer, parameter).signed(certain ? Sign.CERTAIN : Sign.NONE);
  }

  private static AdapterKey key(String module, String parameter) {
    return AdapterKey.of(module, Parameters.neutral(parameter))
        .inLayer(ROOT.matcher(module.replace('.', '_')).replaceFirst(""));
  }
}
