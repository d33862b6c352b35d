package dev.kasane.core.injection;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.LayerAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Attaches adapters to a model: fresh ones for training, saved ones for anything. */
public final class Injector {
  private Injector() {}

  /**
   * Attaches fresh adapters, whose ΔW is zero, to the picked layers of one component.
   *
   * <p>Layers are visited in the model's order and random initial values come from libtorch's default
   * generator: the same seed gives the same adapters.
   *
   * @param component the name of this part of the base model, {@code unet}
   * @param root the part
   * @param selector which layers
   * @param choice the method and its options
   * @param scope owner of the parameters
   * @throws UserException when a pattern matches nothing, an option is out of range or the method does not
   *     support a picked layer
   */
  public static AdapterSet attachFresh(
      String component, Module root, TargetSelector selector, MethodChoice choice, NDManager scope) {
    List<AdaptedLayer> adapted = new ArrayList<>();
    choice.targets(root, selector).forEach((path, layer) -> {
      LayerAdapter adapter = choice.prepared(choice.optionsFor(path)).attach(layer, scope);
      adapted.add(new AdaptedLayer(component, layer, adapter, 1));
    });
    AdapterSet set = new AdapterSet(adapted);
    set.attach();
    return set;
  }

  /**
   * Restores saved adapters onto a model and attaches them.
   *
   * @param roots the parts of the base model by component name
   * @param saved what a file holds
   * @param methods the methods to try, in this order
   * @param multiplier the strength, 1 for as trained
   * @param scope owner of the parameters
   * @return the adapters and an account of every key
   * @throws UserException when nothing in the file fits the model
   */
  public static Restored restore(Map<String, Module> roots, AdapterModel saved,
      List<? extends AdapterMethod> methods, double multiplier, NDManager scope) {
    Restored restored = fit(roots, saved, methods, multiplier, scope);
    if (restored.report().matched().isEmpty()) {
      List<String> lines = restored.report().lines();
      throw new UserException("Nothing in this adapter fits the base model: " + lines.get(0)
          + ". Was it trained for another base?", lines.subList(1, lines.size()), null);
    }
    restored.set().attach();
    return restored;
  }

  /**
   * Restores saved adapters as far as they fit, without attaching them.
   *
   * @param roots the parts of the base model by component name; their weights may be declared only
   * @param saved what a file holds
   * @param methods the methods to try, in this order
   * @param multiplier the strength, 1 for as trained
   * @param scope owner of the parameters
   * @return the adapters, not attached, and an account of every key; perhaps nothing fits
   */
  public static Restored fit(Map<String, Module> roots, AdapterModel saved,
      List<? extends AdapterMethod> methods, double multiplier, NDManager scope) {
    Restoration restoration = new Restoration(roots, methods, multiplier, scope);
    saved.components().forEach(restoration::add);
    return restoration.finish(saved.unmatched());
  }

  /**
   * A restored adapter.
   *
   * @param set the adapters
   * @param report what became of every key
   */
  public record Restored(AdapterSet set, InjectionReport report) {}
}
