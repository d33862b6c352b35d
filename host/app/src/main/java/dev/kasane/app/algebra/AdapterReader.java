package dev.kasane.app.algebra;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.adapter.AdapterBase;
import dev.kasane.app.adapter.AdapterFit;
import dev.kasane.app.adapter.AdapterReference;
import dev.kasane.app.adapter.DeclaredLayers;
import dev.kasane.app.adapter.FormatChoice;
import dev.kasane.app.base.ModelFamilies;
import dev.kasane.app.inspect.AdapterContents;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.family.BaseKind;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.UnmatchedKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads adapter files, strictly: what fits no layer is refused unless it was accepted. */
public final class AdapterReader {
  private static final int SHOWN = 5;

  private final FormatChoice choice;
  private final AdapterFit fit;
  private final Optional<LayerTable> base;
  private final boolean acceptUnmatched;

  /**
   * @param formats the formats to try, told apart by content
   * @param methods the methods that tell whether a layer's shape fits
   * @param base the base model's layers; without it the published bases are tried
   * @param acceptUnmatched leaves out keys that fit no layer
   */
  public AdapterReader(List<AdapterFormat> formats, List<AdapterMethod> methods, Optional<LayerTable> base,
      boolean acceptUnmatched) {
    this.choice = new FormatChoice(formats, methods);
    this.fit = new AdapterFit(methods);
    this.base = base;
    this.acceptUnmatched = acceptUnmatched;
  }

  /**
   * Reads a file.
   *
   * @param reference the file with its strength
   * @param scope owner of the tensors
   * @throws UserException when it is missing, damaged, of no known format, or does not fit
   */
  public ReadAdapter read(AdapterReference reference, NDManager scope) {
    FormatChoice.Chosen chosen = choice.recognise(reference.file());
    AdapterFormat format = chosen.format();
    ReadAdapter best = null;
    for (LayerTable layers : candidates(chosen.contents())) {
      ReadAdapter read = new ReadAdapter(
          reference, format.id(), layers, format.read(chosen.path(), layers.paths(), scope));
      if (best == null || read.model().unmatched().size() < best.model().unmatched().size()) {
        best = read;
      }
      if (best.model().unmatched().isEmpty()) {
        break;
      }
    }
    requireKeys(best);
    if (!acceptUnmatched) {
      chosen.requireUndamaged();
    }
    return requireShapes(best, scope);
  }

  private ReadAdapter requireShapes(ReadAdapter read, NDManager scope) {
    Path file = read.reference().file();
    if (base.isPresent()) {
      fit.require(file, read.model(), read.layers(), scope);
      return read;
    }
    LayerTable layers = fit.requireGuessed(file, read.model(), read.layers(), scope);
    return new ReadAdapter(read.reference(), read.format(), layers, read.model());
  }

  /** The likeliest first; where bases differ, the paths stand in the adapter's own keys, so it needs no table. */
  private List<LayerTable> candidates(AdapterContents contents) {
    if (base.isPresent()) {
      return List.of(base.get());
    }
    LayerTable none = LayerTable.of("no base", Map.of());
    BaseKind guess = contents.base();
    if (guess.isDiverse()) {
      return List.of(none);
    }
    List<LayerTable> tables = new ArrayList<>();
    ModelFamilies.publishedKinds().stream().sorted(Comparator.comparing(known -> known != guess))
        .map(AdapterReader::layers).forEach(tables::add);
    tables.add(none);
    return tables;
  }

  private static LayerTable layers(BaseKind known) {
    return new DeclaredLayers("the known base " + known.id(), AdapterBase.of(known));
  }

  private void requireKeys(ReadAdapter read) {
    AdapterModel model = read.model();
    if (read.modules() == 0 || !model.unmatched().isEmpty() && !acceptUnmatched) {
      List<UnmatchedKey> keys = model.unmatched();
      List<String> details = new ArrayList<>();
      keys.stream().limit(SHOWN).forEach(each -> details.add("  " + each.key() + ": " + each.reason()));
      if (keys.size() > SHOWN) {
        details.add("  … and " + (keys.size() - SHOWN) + " more");
      }
      if (base.isEmpty()) {
        details.add("Name the base model that it was made for with «base».");
      }
      if (read.modules() > 0) {
        details.add("Add «accept unmatched» to use the " + read.modules()
            + " layers that fit.");
      }
      throw new UserException(read.name() + ": " + read.modules() + " layers fit " + read.layers().name() + ", "
          + keys.size() + " keys do not:", details, null);
    }
  }
}
