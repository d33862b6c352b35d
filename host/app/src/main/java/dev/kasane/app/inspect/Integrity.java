package dev.kasane.app.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/** Finds what is wrong with a file that can be read as such. */
final class Integrity {
  private static final int SHOWN = 3;
  private static final Pattern DOUBLED_PREFIX =
      Pattern.compile("^lora_(?:unet|te\\d?)_(?:unet|text_encoder(?:_2)?)_");
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
    integrity.check();
    return List.copyOf(integrity.problems);
  }

  private void check() {
    if (file.tensors().isEmpty()) {
      problems.add("the file holds no tensors");
      return;
    }
    List<String> mangled = file.tensors().keySet().stream().filter(Integrity::isMangled).toList();
    add("keys are mangled by a faulty conversion; convert the file again from its source", mangled);
    if (mangled.isEmpty()) {
      add("modules lack one of the parameters that belong together",
          names((algorithm, parameters) -> !algorithm.isComplete(parameters)));
    }
    add("modules have factors of different ranks",
        names((algorithm, parameters) -> !algorithm.ranksAgree(parameters)));
    add("alphas are no finite numbers", file.alphas().entrySet().stream()
        .filter(alpha -> !Double.isFinite(alpha.getValue())).map(Map.Entry::getKey).toList());
    add("tensors are empty", file.tensors().values().stream()
        .filter(tensor -> tensor.shape().contains(0L)).map(StoredTensor::name).toList());
  }

  private static boolean isMangled(String key) {
    return DOUBLED_PREFIX.matcher(key).find()
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
      String more = names.size() > SHOWN ? ", … and " + (names.size() - SHOWN) + " more" : "";
      problems.add(names.size() + " " + what + ": "
          + String.join(", ", names.subList(0, Math.min(SHOWN, names.size()))) + more);
    }
  }
}
