package dev.kasane.app.inspect;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
  /** Hugging Face PEFT. */
  PEFT("peft", "^base_model\\.model\\.",
      "^base_model\\.model\\.(.+)\\.((?:lora|vera|hada|lokr|oft|boft|ia3|fourierft|hra|randlora)_.+)$"),
  /** kohya's scripts, LyCORIS, AUTOMATIC1111. */
  KOHYA("kohya", "^(?:lora_unet|lora_te[12]?|oft_unet|lycoris)_", "^([^.]+)\\.(.+)$"),
  /** diffusers, all its generations. */
  DIFFUSERS("diffusers",
      "[._]lora(?:_linear_layer)?\\.(?:up|down)\\.weight$|\\.lora_[AB](?:\\.\\w+)?\\.weight$",
      "^(.+?)[._](lora(?:_linear_layer)?\\.(?:up|down|mid)\\.weight|lora_[AB](?:\\.\\w+)?\\.weight"
          + "|lora_magnitude_vector|dora_scale|alpha)$"),
  /** A learnt word rather than an adapter. */
  TEXTUAL_INVERSION("textual-inversion",
      "^(?:emb_params|string_to_param|string_to_token|clip_[lg])$|^<.+>$", null),
  /** A whole base model. */
  CHECKPOINT("checkpoint",
      "^(?:model\\.diffusion_model|first_stage_model|cond_stage_model|conditioner|down_blocks|text_model"
      + "|model\\.layers|transformer\\.h|encoder|decoder)\\.", null);

  /** The prefix of the names that are given to nameless tensors of a list. */
  static final String LIST = "list:";

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

  /** The layout of a file with these keys, if it is known. */
  public static Optional<AdapterLayout> of(Collection<String> keys) {
    return Arrays.stream(values())
        .filter(layout -> keys.stream().anyMatch(name -> layout.sign.matcher(name).find())).findFirst();
  }

  /** Sorts tensors into modules: module → parameter → tensor. Keys that are no adapter's are left out. */
  Map<String, Map<String, StoredTensor>> modules(Collection<StoredTensor> tensors) {
    Map<String, Map<String, StoredTensor>> modules = new LinkedHashMap<>();
    for (StoredTensor tensor : tensors) {
      Optional<Matcher> parts = parts(tensor.name());
      parts.ifPresent(found -> modules.computeIfAbsent(found.group(1), name -> new LinkedHashMap<>())
          .put(found.group(2), tensor));
    }
    return modules;
  }

  private Optional<Matcher> parts(String name) {
    return Optional.ofNullable(key).map(pattern -> pattern.matcher(name)).filter(Matcher::matches);
  }
}
