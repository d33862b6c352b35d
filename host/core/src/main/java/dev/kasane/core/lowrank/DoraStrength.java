package dev.kasane.core.lowrank;

import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a file says what the strength of a DoRA does, {@link AdapterModule#TURNS_LENGTHS}: in its metadata, for all
 * layers at once. Other tools pass over a field that they do not know, where a key would be a complaint.
 *
 * <p>Magnitudes beside a Tucker core need no such word: there is but one rule for them.
 */
public final class DoraStrength {
  /** The metadata's field. */
  public static final String FIELD = "kasane_dora_strength";
  private static final String LENGTHS = "lengths";
  private static final Set<String> DORA = Set.of(LoraNames.DOWN, LoraNames.UP, LoraNames.MAGNITUDE);

  private DoraStrength() {}

  /**
   * Puts the field into metadata where it is true of the model, and takes it out where it is not.
   *
   * @param model what is written
   * @param metadata the file's metadata, changed
   * @throws UserException when it is true of some layers only
   */
  public static void save(AdapterModel model, Map<String, String> metadata) {
    metadata.remove(FIELD);
    Set<Boolean> turned = model.components().values().stream().flatMap(List::stream).filter(DoraStrength::isDora)
        .map(module -> module.constants().containsKey(AdapterModule.TURNS_LENGTHS)).collect(Collectors.toSet());
    if (turned.size() > 1) {
      throw new UserException("The strength of some layers' DoRA turns lengths and that of others scales the whole"
          + " update, which one file cannot say. Keep the layers of each kind in a file of their own.");
    } else if (turned.contains(true)) {
      metadata.put(FIELD, LENGTHS);
    }
  }

  /**
   * Gives modules the constant that a file's metadata declare.
   *
   * @param metadata the file's metadata
   * @param modules what was read of it; their constants are changed
   * @throws UserException for a rule that is not known
   */
  public static void declare(Map<String, String> metadata, Collection<AdapterModule> modules) {
    String rule = metadata.get(FIELD);
    if (rule == null) {
      return;
    }
    if (!rule.equals(LENGTHS)) {
      throw new UserException("The file's metadata have " + FIELD + " = " + VisibleText.quote(rule) + ", expected '"
          + LENGTHS + "'. It was written by a newer Kasane, or is damaged.");
    }
    modules.stream().filter(DoraStrength::isDora)
        .forEach(module -> module.constants().put(AdapterModule.TURNS_LENGTHS, 1.0));
  }

  private static boolean isDora(AdapterModule module) {
    return module.tensors().keySet().equals(DORA);
  }
}
