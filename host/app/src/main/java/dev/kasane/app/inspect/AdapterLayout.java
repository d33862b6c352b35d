package dev.kasane.app.inspect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The key grammars of files that are passed around as adapters, in the order in which they are tried. The
 * first whose sign occurs in any key is the file's.
 */
public enum AdapterLayout {
  /** The first LoRA scripts: modules have numbers instead of names. */
  CLONEOFSIMO("cloneofsimo", "^(?:unet|text_encoder|list):\\d+:(?:up|down)$",
      "^((?:unet|text_encoder|list):\\d+):(up|down)$"),
  /** Weights of a base model as bitsandbytes packs them. */
  BITSANDBYTES("bitsandbytes", "\\.quant_state\\.bitsandbytes__|\\.SCB$", null),
  /** A ControlNet in low-rank form. */
  CONTROL_LORA("control-lora", "^lora_controlnet$", null),
  /** Hugging Face PEFT; a wrapper's name in front is a fault of whoever saved it, and the file PEFT's all the same. */
  PEFT("peft", "(?:^|\\.)base_model\\.model\\.",
      "^(?:.+\\.)?base_model\\.model\\.(.+?)\\.((?:lora|vera|hada|lokr|oft|boft|ia3|fourierft|hra|randlora)_.+)$"),
  /**
   * kohya's scripts, LyCORIS, AUTOMATIC1111 with flattened names, ComfyUI and OneTrainer with dotted ones; one broken
   * converter joins the parameter on with a stroke.
   */
  KOHYA("kohya", "^(?:lora_unet|lora_te[12]?|oft_unet|lycoris)_"
      + "|^(?:" + Dotted.ANY_PARAMETER + "(?:" + Dotted.PARAMETER + "|" + Dotted.PEFT_PARAMETER + ")$)"
      + "|^(?:" + Dotted.OWN_PARAMETER + Dotted.PARAMETER + "$)",
      "^((?:lora|oft|lycoris)_[^.]+)_(lora_(?:down|up|mid)\\.weight)$|^((?:lora|oft|lycoris)_[^.]+)\\.(.+)$"
          + "|^(.+?)\\.(" + Dotted.PARAMETER + "|" + Dotted.PEFT_PARAMETER + "|" + Dotted.CONSTANT + ")$"),
  /** diffusers, all its generations. */
  DIFFUSERS("diffusers",
      "[._]lora(?:_linear_layer)?\\.(?:up|down)\\.weight$|\\.lora_[AB](?:\\.\\w+)?\\.weight$",
      "^(.+?)[._](lora(?:_linear_layer)?\\.(?:up|down|mid)\\.weight|lora_[AB](?:\\.\\w+)?\\.(?:weight|bias)"
          + "|lora_magnitude_vector(?:\\.weight)?|dora_scale|alpha)$"),
  /** A learnt word rather than an adapter. */
  TEXTUAL_INVERSION("textual-inversion",
      "^(?:emb_params|string_to_param|string_to_token)(?:$|\\.)|^clip_[lg]$|^<.+>$|^bundle_emb\\.", null),
  /** A hypernetwork of AUTOMATIC1111. */
  HYPERNETWORK("hypernetwork", "^hypernetwork\\.\\d+\\.\\d+\\.", null),
  /** A whole base model, or a part of one. */
  CHECKPOINT("checkpoint",
      "^(?:model\\.diffusion_model|first_stage_model|cond_stage_model|conditioner|down_blocks|text_model"
      + "|(?:language_)?model\\.(?:layers|decoder|embed_tokens|language_model)|transformer\\.(?:h|wte|blocks)"
      + "|h\\.\\d+|gpt_neox|backbone|encoder|decoder|bert|roberta|shared)\\.", null);

  /** The prefix of the names that are given to nameless tensors of a list. */
  static final String LIST = "list:";

  /** The only key of a file of diffusers' learned_embeds, where it is no other format's. */
  private static final Pattern SINGLE_WORD = Pattern.compile("(?!lora_)[^.:]{1,64}");

  private static final String PEFT_ROOT = "base_model.model.";

  /** Learnt words, which may lie beside adapters of any layout. */
  private static final Pattern EMBEDDED_WORD = Pattern.compile("^bundle_emb\\.(.+?)\\.|^(<.+>)$");

  private final String id;
  private final Pattern sign;
  private final Pattern key;

  AdapterLayout(String id, String sign, String key) {
    this.id = id;
    this.sign = Pattern.compile(sign);
    this.key = key == null ? null : Pattern.compile(key);
  }

  /** The name that users see. */
  public String id() {
    return id;
  }

  /** Whether files of this kind hold adapters. */
  public boolean isAdapter() {
    return key != null;
  }

  /** The layout of a file with these keys, if it is known; a single plain word is a learnt one. */
  public static Optional<AdapterLayout> of(Collection<String> keys) {
    return Arrays.stream(values())
        .filter(layout -> keys.stream().anyMatch(name -> layout.sign.matcher(name).find())).findFirst()
        .or(() -> Optional.of(TEXTUAL_INVERSION).filter(layout -> keys.size() == 1
            && SINGLE_WORD.matcher(keys.iterator().next()).matches()));
  }

  /** Adapter layouts that occur in a file, each with its keys; a key counts for the first that it fits. */
  public static Map<AdapterLayout, List<String>> census(Collection<String> keys) {
    Map<AdapterLayout, List<String>> found = new EnumMap<>(AdapterLayout.class);
    for (String name : keys) {
      Arrays.stream(values()).filter(layout -> layout.sign.matcher(name).find()).findFirst()
          .filter(AdapterLayout::isAdapter)
          .ifPresent(layout -> found.computeIfAbsent(layout, each -> new ArrayList<>()).add(name));
    }
    return found;
  }

  /** The learnt word that a key beside adapters belongs to. */
  static Optional<String> embeddedWord(String name) {
    Matcher word = EMBEDDED_WORD.matcher(name);
    return word.find() ? Optional.of(word.group(1) == null ? word.group(2) : word.group(1))
        : Optional.empty();
  }

  /** Sorts tensors into modules: module → parameter → tensor. Keys that are no adapter's are left out. */
  Map<String, Map<String, StoredTensor>> modules(Collection<StoredTensor> tensors) {
    Map<String, Map<String, StoredTensor>> modules = new LinkedHashMap<>();
    for (StoredTensor tensor : tensors) {
      Optional<Matcher> parts = parts(tensor.name());
      parts.ifPresent(found -> modules.computeIfAbsent(group(found, 1), name -> new LinkedHashMap<>())
          .put(group(found, 2), tensor));
    }
    return modules;
  }

  /** The names of the modules that keys of this layout belong to, those of whole saved modules too. */
  public Set<String> moduleNames(Collection<String> keys) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : keys) {
      Optional<Matcher> parts = parts(name);
      if (parts.isPresent()) {
        names.add(group(parts.get(), 1));
      } else if (this == PEFT && name.startsWith(PEFT_ROOT) && name.lastIndexOf('.') > PEFT_ROOT.length()) {
        names.add(name.substring(PEFT_ROOT.length(), name.lastIndexOf('.')));
      }
    }
    return names;
  }

  /** Whether a key is a parameter of an adapter of this layout. */
  boolean owns(String name) {
    return parts(name).isPresent();
  }

  private Optional<Matcher> parts(String name) {
    return Optional.ofNullable(key).filter(pattern -> embeddedWord(name).isEmpty())
        .map(pattern -> pattern.matcher(name)).filter(Matcher::matches);
  }

  /** The first of the pattern's pairs of groups that matched. */
  private static String group(Matcher found, int index) {
    int group = index;
    while (found.group(group) == null) {
      group += 2;
    }
    return found.group(group);
  }

  /** Pieces of the grammar of dotted names that is not diffusers'. */
  private static final class Dotted {
    /** Names that no other layout has, whatever the parameter is called: those of the original code, and ComfyUI's. */
    static final String ANY_PARAMETER = "(?:(?:(?:model\\.)?diffusion_model\\.|unet\\.|lora_unet\\.)?"
        + "(?:(?:input_blocks|output_blocks|middle_block|time_embed|label_emb)\\.|out\\.[02]\\.)"
        + "|(?:(?:model\\.)?diffusion_model|lora_unet)\\."
        + "(?:down_blocks|up_blocks|mid_block|conv_in|conv_out|conv_norm_out|time_embedding|add_embedding)\\."
        + "|(?:(?:text_encoders\\.)?clip_[lgh]|lora_te[12]?)\\.(?:transformer\\.)?text_(?:model|projection)\\.)(?:.+\\.)?";
    /** Names that diffusers' files have too, with other parameters. */
    static final String OWN_PARAMETER = "(?:unet|text_encoder(?:_2)?)\\..+\\.";
    static final String PARAMETER = "(?:lora_(?:up|down|mid)\\.weight|hada_\\w+|lokr_\\w+|[ab][12]\\.weight"
        + "|bm\\.weight|oft_\\w+(?:\\.weight)?|rescale|diff|diff_b|w_norm|b_norm|set_weight)";
    static final String PEFT_PARAMETER = "lora_[AB](?:\\.default)?(?:\\.weight)?"
        + "|lora(?:_linear_layer)?\\.(?:up|down)\\.weight|lora_magnitude_vector(?:\\.default)?(?:\\.weight)?";
    static final String CONSTANT = "reshape_weight|dora_scale|alpha|scale|scalar|on_input";
  }
}
