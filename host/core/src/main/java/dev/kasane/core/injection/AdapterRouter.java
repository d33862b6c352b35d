package dev.kasane.core.injection;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.NearNames;
import dev.kasane.core.UserException;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Attachment;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Many adapters over one base in one pass: each row of a batch goes through those that it names, or none.
 *
 * <p>The base layers run once for all rows. Until the router is closed the sets it was given work through it
 * alone; then those that were attached are attached again. Strengths are those at the time it was made.
 */
public final class AdapterRouter implements AutoCloseable {
  private static final int SUGGESTIONS = 3;

  private final Map<String, RowSelection> selections = new LinkedHashMap<>();
  private final Map<AdapterSet, Boolean> originals = new LinkedHashMap<>();
  private final Map<Attachment, AdaptableLayer> routed = new LinkedHashMap<>();
  private final NDManager scope;

  /**
   * Takes over sets, with no row routed to any.
   *
   * @param sets adapters on one model, by the names that rows use
   * @param parent parent of the manager that owns the row numbers
   * @throws UserException for a set that brings whole weights, of which a model has one for all rows
   */
  public AdapterRouter(Map<String, AdapterSet> sets, NDManager parent) {
    sets.forEach(AdapterRouter::requireDeltas);
    this.scope = parent.newSubManager();
    sets.values().forEach(set -> {
      originals.put(set, set.isAttached());
      set.detach();
    });
    sets.forEach(this::route);
    routed.forEach((some, layer) -> layer.attach(some));
  }

  private static void requireDeltas(String name, AdapterSet set) {
    if (!set.wholes().isEmpty()) {
      throw new UserException("Adapter '" + name + "' brings a whole " + set.wholes().get(0).path()
          + " of its own, which single prompts cannot have. Use it for every prompt.");
    }
  }

  private void route(String name, AdapterSet set) {
    RowSelection rows = new RowSelection();
    selections.put(name, rows);
    set.layers().forEach(each -> {
      Attachment own = each.attachment();
      Attachment some = new Attachment(new RowUpdate(each.adapter(), rows), own.multiplier());
      some.phase(own.phase());
      routed.put(some, each.layer());
    });
  }

  public Set<String> names() {
    return Set.copyOf(selections.keySet());
  }

  /**
   * Says which adapters each row of the batches to come goes through.
   *
   * @param rows for each row the names of its adapters, which add up; empty for the bare base
   * @throws UserException for a name that is none
   */
  public void route(List<? extends Collection<String>> rows) {
    rows.forEach(names -> names.forEach(this::requireName));
    selections.forEach((name, selection) -> selection.choose(
        IntStream.range(0, rows.size()).filter(row -> rows.get(row).contains(name)).toArray(), rows.size(), scope));
  }

  private void requireName(String name) {
    if (!selections.containsKey(name)) {
      throw new UserException("There is no adapter '" + name + "'. Near names: "
          + String.join(", ", NearNames.of(name, selections.keySet(), SUGGESTIONS)) + ".");
    }
  }

  /** Lets go of the sets. */
  @Override
  public void close() {
    routed.forEach((some, layer) -> layer.detach(some));
    originals.forEach((set, attached) -> {
      if (attached) {
        set.attach();
      }
    });
    scope.close();
  }
}
