package dev.kasane.app.inspect;

import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.AdapterFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds what is wrong with a file that can be read as such. Damage, such as factors of different ranks, is refused
 * by every command, unless the user accepts what does not fit; other problems are keys that nobody reads.
 */
public final class Integrity {
  private static final int SHOWN = 3;
  private static final Pattern DOUBLED_PREFIX =
      Pattern.compile("^lora_(?:unet|te\\d?)_(?:unet|text_encoder(?:_2)?)_");
  /** What PyTorch, DeepSpeed and PEFT call the models that they wrap others in. */
  private static final Pattern WRAPPED = Pattern.compile("(?:^|\\.)(?:_orig_mod|_fsdp_wrapped_module"
      + "|_checkpoint_wrapped_module|_forward_module)\\.|.\\.base_model\\.model\\.");
  /** What may stand before a layer's own name, dots made strokes. */
  private static final Pattern ROOT = Pattern.compile("^(?:lora_unet|lycoris|(?:model_)?diffusion_model|unet"
      + "|lora_te1?|(?:text_encoders_)?clip_l(?:_transformer)?|text_encoder)_");
  private static final Pattern JOINED_PARAMETER = Pattern.compile("_lora_(?:down|up|mid)\\.weight$");

  private final TensorListing file;
  private final Map<String, Map<String, StoredTensor>> modules;
  private final List<String> problems = new ArrayList<>();

  private Integrity(TensorListing file, Map<String, Map<String, StoredTensor>> modules) {
    this.file = file;
    this.modules = modules;
  }

  /**
   * Looks for faults.
   *
   * @param file what the file holds
   * @param modules its modules with their parameters
   * @return sentences, none for a sound file
   */
  static List<String> problems(TensorListing file, Map<String, Map<String, StoredTensor>> modules) {
    Integrity integrity = new Integrity(file, modules);
    integrity.checkKeys();
    integrity.checkDamage();
    return List.copyOf(integrity.problems);
  }

  /**
   * Refuses a damaged file before anything is read from it.
   *
   * @param path the file
   * @param file what it holds
   * @throws UserException that says all of the damage
   * @throws IOException when the configuration that belongs to the file is damaged
   */
  public static void requireUndamaged(Path path, TensorListing file) throws IOException {
    Optional<AdapterLayout> layout = AdapterLayout.of(file.tensors().keySet());
    if (layout.equals(Optional.of(AdapterLayout.PEFT))) {
      PeftConfigValues.beside(path);
    }
    Integrity integrity = new Integrity(file,
        layout.map(each -> each.modules(file.tensors().values())).orElse(Map.of()));
    integrity.checkDamage();
    if (!integrity.problems.isEmpty()) {
      throw new UserException(path + " is damaged: " + String.join("; ", integrity.problems)
          + ". Use another file; «inspect» tells more of this one.");
    }
  }

  private void checkKeys() {
    Collection<String> keys = file.tensors().keySet();
    if (keys.isEmpty()) {
      return;
    }
    checkLayout(keys);
    List<String> mangled = keys.stream().filter(Integrity::isMangled).toList();
    add("keys are mangled by a faulty conversion; «convert, repair» may mend the file («convert, repair, base MODEL» a"
        + " language model's), else convert it again from its source", mangled);
    add("modules have parameters of no known method", modules.entrySet().stream()
        .filter(module -> AdapterAlgorithm.of(module.getValue()).isEmpty()).map(Map.Entry::getKey).toList());
  }

  private void checkDamage() {
    if (file.tensors().isEmpty()) {
      problems.add("the file holds no tensors");
      return;
    }
    List<String> empty = file.tensors().values().stream()
        .filter(tensor -> tensor.shape().contains(0L)).map(StoredTensor::name).toList();
    if (!empty.isEmpty()) {
      problems.add(empty.size() + " of " + file.tensors().size() + " tensors are empty: " + shown(empty) + ". "
          + AdapterFile.SHARD_ADVICE);
      return;
    }
    checkModules();
    add("alphas are no finite numbers", file.alphas().entrySet().stream()
        .filter(alpha -> !Double.isFinite(alpha.getValue())).map(Map.Entry::getKey).toList());
    add("alphas are tensors instead of single numbers", file.tensors().values().stream()
        .filter(tensor -> tensor.name().endsWith(".alpha") && !tensor.isNumber())
        .map(StoredTensor::name).toList());
  }

  private void checkLayout(Collection<String> keys) {
    Map<AdapterLayout, List<String>> census = AdapterLayout.census(keys);
    Optional<AdapterLayout> layout = AdapterLayout.of(keys);
    if (layout.isEmpty()) {
      problems.add("the keys are in no adapter format that Kasane knows; the first is '"
          + keys.iterator().next() + "'");
    } else if (census.size() > 1) {
      problems.add("the file mixes keys of several formats, so that a tool which reads one of them loses the"
          + " rest: " + census.entrySet().stream()
              .map(each -> each.getKey().id() + " " + each.getValue().size() + " keys (such as "
                  + each.getValue().get(0) + ")").collect(Collectors.joining(", ")));
    } else if (layout.get() == AdapterLayout.KOHYA || layout.get() == AdapterLayout.DIFFUSERS) {
      add("keys are no parameters of a " + layout.get().id() + " file", keys.stream()
          .filter(key -> !layout.get().owns(key) && AdapterLayout.embeddedWord(key).isEmpty()).toList());
    }
  }

  private void checkModules() {
    add("modules lack one of the parameters that belong together",
        names((algorithm, parameters) -> !algorithm.isComplete(parameters)));
    add("modules have factors of different ranks",
        names((algorithm, parameters) -> !algorithm.ranksAgree(parameters)));
    add("modules have factors that are no matrices",
        names((algorithm, parameters) -> !algorithm.axesFit(parameters)));
    add("layers are named in two spellings", twiceNamed());
  }

  /** Layers that are named twice, flat as kohya does it and with dots as ComfyUI does: one of the two would be lost. */
  private List<String> twiceNamed() {
    Map<String, List<String>> spellings = modules.keySet().stream().collect(Collectors.groupingBy(
        name -> ROOT.matcher(name.replace('.', '_')).replaceFirst(""), LinkedHashMap::new, Collectors.toList()));
    return spellings.values().stream().filter(names -> names.size() > 1).map(names -> String.join(" and ", names))
        .toList();
  }

  private static boolean isMangled(String key) {
    return DOUBLED_PREFIX.matcher(key).find() || WRAPPED.matcher(key).find()
        || key.startsWith("lora_") && JOINED_PARAMETER.matcher(key).find();
  }

  private List<String> names(BiPredicate<AdapterAlgorithm, Map<String, StoredTensor>> fault) {
    return modules.entrySet().stream()
        .filter(module -> AdapterAlgorithm.of(module.getValue())
            .filter(algorithm -> fault.test(algorithm, module.getValue())).isPresent())
        .map(Map.Entry::getKey).toList();
  }

  private void add(String what, List<String> names) {
    if (!names.isEmpty()) {
      problems.add(names.size() + " " + what + ": " + shown(names));
    }
  }

  /** The first few names and how many more there are. */
  static String shown(List<String> names) {
    String more = names.size() > SHOWN ? ", … and " + (names.size() - SHOWN) + " more" : "";
    return String.join(", ", names.subList(0, Math.min(SHOWN, names.size()))) + more;
  }
}
