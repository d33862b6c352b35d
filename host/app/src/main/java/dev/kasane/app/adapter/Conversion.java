package dev.kasane.app.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.checkpoint.KeyRepair;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.UnmatchedKey;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes an adapter file through the neutral model into another format.
 *
 * @param choice tells the format of the file
 * @param fit refuses what fits no layer
 * @param target the format to write
 * @param wish what is converted, and how
 */
public record Conversion(FormatChoice choice, AdapterFit fit, AdapterFormat target, ConversionWish wish) {
  private static final int SHOWN = 4;

  /**
   * What was done.
   *
   * @param from the format that was read
   * @param base the base that the file was made for
   * @param layers number of layers and words
   * @param storage the type of the numbers in the new file
   * @param repaired number of keys that were repaired
   * @param check what reading the new file again has shown
   * @param notes what was left out of account though it changes nothing
   */
  public record Outcome(
      String from, String base, int layers, ElementType storage, int repaired, ReadBack check, List<String> notes) {}

  /**
   * Converts. The new file takes its place only when all of it has been written.
   *
   * @throws UserException when the file cannot be read, its base is not known, a key fits no layer, tensors fit
   *     neither their layer nor one another, or the format or the type cannot hold what it says
   */
  public Outcome run() {
    FormatChoice.Chosen chosen = choice.choose(wish.from());
    AdapterBase base = wish.base()
        .or(() -> AdapterBase.guessed(chosen.contents())).orElseThrow(() -> new UserException(wish.from()
            + ": its keys and shapes do not tell which base it was made for, so its layers cannot be named."
            + " Say it with «base» sd1, sd2, sdxl, or the file or folder of a checkpoint."));
    Map<String, Collection<String>> places = base.places();
    Map<String, String> renames = wish.repair() ? repair(chosen, places) : Map.of();
    try (NDManager scope = Engines.newManager()) {
      AdapterModel model = read(chosen, places, renames, scope);
      requireMatch(chosen, base.name(), places, model);
      requireFit(base, model, scope);
      ElementType storage = wish.storage().orElseGet(() -> StoredType.keeping(model));
      ReadBack check = write(model, storage, places, scope);
      int layers = model.components().values().stream().mapToInt(List::size).sum();
      return new Outcome(chosen.format().id(), base.name(), layers, storage, renames.size(), check,
          model.notes());
    }
  }

  private ReadBack write(AdapterModel model, ElementType storage, Map<String, Collection<String>> places,
      NDManager scope) {
    StoredType.requireRange(model, storage);
    target.write(model, wish.to(), storage);
    return ReadBack.compare(model, target.read(wish.to(), places, scope), storage);
  }

  private static Map<String, String> repair(FormatChoice.Chosen chosen, Map<String, Collection<String>> places) {
    return chosen.format().repair(chosen.keys(), places).orElseThrow(() -> new UserException(
        chosen.path() + ": there is nothing to repair that is certain. Convert it without «repair» to see"
            + " what does not fit; a language model's layers are known with «base MODEL» alone."));
  }

  private AdapterModel read(FormatChoice.Chosen chosen, Map<String, Collection<String>> places,
      Map<String, String> renames, NDManager scope) {
    if (renames.isEmpty()) {
      return chosen.format().read(chosen.path(), places, scope);
    }
    try (PendingFolder scratch = PendingFolder.beside(wish.to())) {
      Path mended = scratch.path().resolve("mended.safetensors");
      KeyRepair.copy(chosen.contents().weights(), renames, mended);
      for (Path beside : chosen.format().sideFiles(chosen.contents().weights())) {
        Files.copy(beside, scratch.path().resolve(beside.getFileName()));
      }
      return chosen.format().read(mended, places, scope);
    } catch (IOException e) {
      throw FileFault.of(wish.to(), "cannot be written", e);
    }
  }

  private void requireFit(AdapterBase base, AdapterModel model, NDManager scope) {
    LayerTable layers = new DeclaredLayers(base.name(), base);
    if (wish.base().isPresent()) {
      fit.require(wish.from(), model, layers, scope);
    } else {
      fit.requireGuessed(wish.from(), model, layers, scope);
    }
  }

  private void requireMatch(FormatChoice.Chosen chosen, String base, Map<String, Collection<String>> places,
      AdapterModel model) {
    List<UnmatchedKey> lost = model.unmatched();
    if (lost.isEmpty() && !model.components().isEmpty()) {
      return;
    }
    List<String> details = new ArrayList<>();
    lost.stream().limit(SHOWN).forEach(each -> details.add("  " + each.key() + ": " + each.reason()));
    if (lost.size() > SHOWN) {
      details.add("  … and " + (lost.size() - SHOWN) + " more");
    }
    Optional<Map<String, String>> repair = chosen.format().repair(chosen.keys(), places);
    if (repair.isPresent()) {
      details.add("Add «repair» to write what was meant.");
    } else if (wish.base().isEmpty()) {
      details.add("Is it for another base than " + base + "? Say so with «base».");
    }
    throw new UserException(chosen.path() + " cannot be converted without loss: " + lost.size() + " of "
        + chosen.keys().size() + " keys fit no layer of " + base, details, null);
  }
}
