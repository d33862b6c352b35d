package dev.kasane.app.inspect;

import dev.kasane.core.family.BaseKind;
import dev.kasane.core.spi.ModuleFacts;
import java.util.List;
import java.util.Map;

/**
 * What a file is; the JSON has the same names.
 *
 * @param file the file as it was named
 * @param bytes its size
 * @param kind what it is for
 * @param tensors what it is made of
 * @param adapted what it changes
 * @param told what it says about itself
 * @param hashes by name of the algorithm; empty unless computed
 * @param valuesChecked whether all values were looked at, and not the header alone
 * @param notes what is worth knowing but does no harm
 * @param problems what is wrong with the file; none for a sound one
 */
public record FileInspection(String file, long bytes, Kind kind, Tensors tensors, Adapted adapted, Told told,
    Map<String, String> hashes, boolean valuesChecked, List<String> notes, List<String> problems) {

  /**
   * @param format the layout of its keys, such as {@code kohya}; {@code unknown} if none is recognised
   * @param base what it was made for: {@code sd1}, {@code sd2}, {@code sdxl}, {@code llm}, {@code unknown}
   * @param method what kind of adapter it holds, {@code lora+norm} for several; {@code checkpoint} and the like
   *     for a file that is no adapter, {@code unknown} for one that is not understood
   */
  public record Kind(String format, String base, String method) {}

  /**
   * @param container {@code safetensors}, {@code pickle} or {@code unknown}
   * @param count number of tensors
   * @param dtypes the different types of elements
   */
  public record Tensors(String container, int count, List<String> dtypes) {}

  /**
   * @param modules number of adapted layers
   * @param sizes the different inner sizes by name, such as {@code rank}, ascending
   * @param alphas the different alphas, ascending
   * @param missingAlphas modules of a kohya file without an alpha; by the community's rule their scale is 1
   * @param targets adapted layers by block of the base
   */
  public record Adapted(int modules, Map<String, List<Long>> sizes, List<Double> alphas, int missingAlphas,
      Map<String, Integer> targets) {
    /** The different ranks, ascending. */
    public List<Long> ranks() {
      return sizes.getOrDefault(ModuleFacts.RANK, List.of());
    }
  }

  /**
   * @param triggerWords words that call the adapter
   * @param training what the metadata say about the training, under names for people
   * @param metadata the file's own metadata
   */
  public record Told(List<String> triggerWords, Map<String, String> training, Map<String, String> metadata) {}

  /** What stands where nothing is known. */
  static final String UNKNOWN = "unknown";

  /** A file that cannot be read. */
  static FileInspection unreadable(String file, long bytes, String problem) {
    return new FileInspection(file, bytes, new Kind(UNKNOWN, BaseKind.UNKNOWN.id(), UNKNOWN),
        new Tensors(UNKNOWN, 0, List.of()), new Adapted(0, Map.of(), List.of(), 0, Map.of()),
        new Told(List.of(), Map.of(), Map.of()), Map.of(), false, List.of(), List.of(problem));
  }

  /** Whether nothing is wrong with it. */
  public boolean isSound() {
    return problems.isEmpty();
  }

  /** The same with what reading the whole file has shown. */
  FileInspection with(
      Map<String, String> values, boolean checked, List<String> allNotes, List<String> allProblems) {
    return new FileInspection(file, bytes, kind, tensors, adapted, told, values, checked, allNotes, allProblems);
  }
}
