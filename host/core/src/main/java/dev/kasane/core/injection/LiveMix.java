package dev.kasane.core.injection;

import dev.kasane.core.UserException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Several named adapters on one live model, each with a strength: added, removed and re-weighted while the
 * model stays loaded. The base weights are never touched.
 *
 * <p>Adapters add up in the order of their names, whatever order they came in. So the model computes the same
 * bits for the same adapters at the same strengths, by whichever way it got there: changing from A to B and
 * back to A ends where it began.
 */
public final class LiveMix implements AutoCloseable {
  private final Map<String, AdapterSet> sets = new TreeMap<>();

  /**
   * Adds an adapter.
   *
   * @param name what it is called from here on
   * @param set the adapter
   * @param weight its strength, 1 for as trained
   * @param blocks strengths for some blocks, multiplied with the other
   * @throws UserException when the name is taken or a block fits none of its layers
   */
  public void add(String name, AdapterSet set, double weight, BlockWeights blocks) {
    if (sets.containsKey(name)) {
      throw new UserException("There is an adapter '" + name + "' on the model already. Remove it first, or"
          + " give this one another name.");
    }
    set.multiplier(weight, blocks);
    sets.values().forEach(AdapterSet::detach);
    sets.put(name, set);
    sets.values().forEach(AdapterSet::attach);
  }

  /**
   * Changes an adapter's strength.
   *
   * @throws UserException when there is none of that name
   */
  public void weight(String name, double weight, BlockWeights blocks) {
    find(name).multiplier(weight, blocks);
  }

  /**
   * Takes an adapter off the model.
   *
   * @return the adapter, which can be added again
   * @throws UserException when there is none of that name
   */
  public AdapterSet remove(String name) {
    AdapterSet set = find(name);
    set.detach();
    sets.remove(name);
    return set;
  }

  /** The adapters by name. */
  public Map<String, AdapterSet> sets() {
    return Map.copyOf(sets);
  }

  private AdapterSet find(String name) {
    AdapterSet set = sets.get(name);
    if (set == null) {
      throw new UserException("There is no adapter '" + name + "' on the model, only " + sets.keySet() + ".");
    }
    return set;
  }

  /** Takes all adapters off. */
  @Override
  public void close() {
    sets.values().forEach(AdapterSet::detach);
    sets.clear();
  }
}
