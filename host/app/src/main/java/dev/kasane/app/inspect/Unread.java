package dev.kasane.app.inspect;

import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What people ask about and no plugin reads: kinds of files, and kinds of modules in files of a known format. */
final class Unread {
  private static final String CHECKPOINT = "checkpoint";
  /** Sure signs, whatever formats have to say. */
  private static final List<File> SURE = List.of(
      new File("bitsandbytes", CHECKPOINT, "\\.quant_state\\.bitsandbytes__|\\.SCB$"),
      new File("control-lora", "control-lora", "^lora_controlnet$"));
  /** What a file of no format may be; a checkpoint is a whole base model, or a part of one. */
  private static final List<File> OTHER = List.of(
      new File("hypernetwork", "hypernetwork", "^hypernetwork\\.\\d+\\.\\d+\\."),
      new File(CHECKPOINT, CHECKPOINT, "^(?:model\\.diffusion_model|first_stage_model|cond_stage_model|conditioner"
          + "|down_blocks|text_model|(?:language_)?model\\.(?:layers|decoder|embed_tokens|language_model)"
          + "|transformer\\.(?:h|wte|blocks)|h\\.\\d+|gpt_neox|backbone|encoder|decoder|bert|roberta|shared)\\."));
  private static final List<Module> MODULES = List.of(
      new Module("adalora", "lora_E(?:\\.\\w+)?", "lora_(?:down|up)\\.weight"), new Module("diag-oft", "oft_diag", ""),
      new Module("oft", "oft_[rR](?:\\..+)?", ""), new Module("boft", "boft_R(?:\\..+)?", ""),
      new Module("ia3", "ia3_l(?:\\..+)?", ""), new Module("vera", "vera_lambda_[bd](?:\\..+)?", ""),
      // Weights in the place of the base's.
      new Module("whole", "weight|bias", ""));

  private Unread() {}

  /**
   * A kind of file.
   *
   * @param id its name as a format
   * @param method its name as a method
   */
  record File(String id, String method, Pattern sign) {
    private File(String id, String method, String sign) {
      this(id, method, Pattern.compile(sign));
    }

    private static Optional<File> of(List<File> kinds, Collection<String> keys) {
      return kinds.stream().filter(kind -> keys.stream().anyMatch(key -> kind.sign.matcher(key).find())).findFirst();
    }
  }

  private record Module(String name, Pattern sign, Pattern known) {
    private Module(String name, String sign, String known) {
      this(name, Pattern.compile(sign), Pattern.compile(sign + "|" + known));
    }
  }

  /** The kind of a file that formats are not asked about. */
  static Optional<File> sure(Collection<String> keys) {
    return File.of(SURE, keys);
  }

  /** The kind of a file that is in no format. */
  static Optional<File> other(Collection<String> keys) {
    return File.of(OTHER, keys);
  }

  /**
   * What a module is of which methods know no more than some parameters.
   *
   * @param known how many of its parameters a method knows
   */
  static Optional<ModuleFacts> module(ModuleHeader saved, long known) {
    for (Module kind : MODULES) {
      List<String> names = saved.shapes().keySet().stream().filter(kind.known.asMatchPredicate()).toList();
      Optional<String> sign = names.stream().filter(kind.sign.asMatchPredicate()).findFirst();
      if (sign.isPresent() && names.size() > known) {
        return Optional.of(ModuleFacts.of(kind.name)
            .size(ModuleFacts.RANK, kind.name.equals("adalora") ? saved.size(sign.get(), 0) : -1));
      }
    }
    return Optional.empty();
  }
}
