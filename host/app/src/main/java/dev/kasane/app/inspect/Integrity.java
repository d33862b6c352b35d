package dev.kasane.app.inspect;

import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds what is wrong with a file that can be read as such. Damage, such as factors of different ranks, is refused
 * by every command, unless the user accepts what does not fit; other problems are keys that nobody reads.
 */
public final class Integrity {
  private static final int SHOWN = 3;

  private final AdapterContents contents;
  private final TensorListing file;
  private final List<String> problems = new ArrayList<>();

  private Integrity(AdapterContents contents) {
    this.contents = contents;
    this.file = contents.listing();
  }

  /**
   * Looks for faults.
   *
   * @return sentences, none for a sound file
   */
  static List<String> problems(AdapterContents contents) {
    Integrity integrity = new Integrity(contents);
    integrity.checkKeys();
    integrity.checkDamage();
    return List.copyOf(integrity.problems);
  }

  /**
   * Refuses a damaged file before anything is read from it.
   *
   * @throws UserException that says all of the damage
   * @throws FileFault when what belongs to the file is damaged
   */
  public static void requireUndamaged(AdapterContents contents) {
    contents.facts();
    Integrity integrity = new Integrity(contents);
    integrity.checkDamage();
    if (!integrity.problems.isEmpty()) {
      throw new UserException(contents.weights() + " is damaged: " + String.join("; ", integrity.problems)
          + ". Use another file; «inspect» tells more of this one.");
    }
  }

  private void checkKeys() {
    Collection<String> keys = file.tensors().keySet();
    if (keys.isEmpty()) {
      return;
    }
    checkFormat(keys);
    List<String> mangled = names(contents.keys(), AdapterKey::mangled);
    add("keys are mangled by a faulty conversion; «convert, repair» may mend the file («convert, repair, base MODEL» a"
        + " language model's), else convert it again from its source", mangled);
    add("modules have parameters of no known method",
        names(contents.modules(), module -> module.facts().isEmpty()));
  }

  private void checkDamage() {
    if (file.tensors().isEmpty()) {
      problems.add("the file holds no tensors");
      return;
    }
    List<String> empty = file.tensors().values().stream()
        .filter(tensor -> tensor.shape().size() == 0).map(StoredTensor::name).toList();
    if (!empty.isEmpty()) {
      problems.add(empty.size() + " of " + file.tensors().size() + " tensors are empty: " + shown(empty) + ". "
          + AdapterFile.SHARD_ADVICE);
      return;
    }
    checkModules();
    add("alphas are no finite numbers", names(contents.alphas(), alpha -> !Double.isFinite(alpha)));
    add("alphas are tensors instead of single numbers", file.tensors().values().stream()
        .filter(tensor -> !tensor.isNumber() && contents.isAlpha(tensor.name()))
        .map(StoredTensor::name).toList());
  }

  private void checkFormat(Collection<String> keys) {
    Optional<String> format = contents.format().map(AdapterFormat::id);
    if (format.isEmpty() && contents.unread().isEmpty()) {
      problems.add("the keys are in no adapter format that Kasane knows; the first is '"
          + keys.iterator().next() + "'");
    } else if (contents.claimed().size() > 1) {
      problems.add("the file mixes keys of several formats, so that a tool which reads one of them loses the"
          + " rest: " + contents.claimed().entrySet().stream()
              .map(each -> each.getKey() + " " + each.getValue().size() + " keys (such as "
                  + each.getValue().get(0) + ")").collect(Collectors.joining(", ")));
    } else if (format.isPresent()) {
      add("keys are no parameters of a " + format.get() + " file",
          keys.stream().filter(key -> !contents.keys().containsKey(key)).toList());
    }
  }

  private void checkModules() {
    Map<String, List<String>> faults = new LinkedHashMap<>();
    contents.modules().forEach((name, module) -> module.facts().ifPresent(facts -> facts.faults()
        .forEach(fault -> faults.computeIfAbsent(fault, each -> new ArrayList<>()).add(name))));
    faults.forEach((fault, names) -> add("modules " + fault, names));
    add("layers are named in two spellings", twiceNamed());
  }

  /** Layers that are named twice, flat as kohya does it and with dots as ComfyUI does: one of the two would be lost. */
  private List<String> twiceNamed() {
    Map<String, List<String>> spellings = new LinkedHashMap<>();
    contents.modules().forEach((name, module) ->
        spellings.computeIfAbsent(module.layer(), layer -> new ArrayList<>()).add(name));
    return spellings.values().stream().filter(names -> names.size() > 1).map(names -> String.join(" and ", names))
        .toList();
  }

  private static <T> List<String> names(Map<String, T> all, Predicate<T> wanted) {
    return all.entrySet().stream().filter(each -> wanted.test(each.getValue())).map(Map.Entry::getKey).toList();
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
