package dev.kasane.core.algebra;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.ModuleRestorer;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.GradMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether everything that a file says can be: every module is restored by its method on a layer that has the base's
 * shape, or, where that is not known, the shape that the module's own tensors tell. Nothing is kept.
 */
public final class FitCheck {
  private static final Shape UNTOLD = new Shape(1, 1);

  private final ModuleRestorer restorer;
  private final LayerTable base;

  /**
   * @param methods the methods to try, in this order
   * @param base what is known of the base
   */
  public FitCheck(List<? extends AdapterMethod> methods, LayerTable base) {
    this.restorer = new ModuleRestorer(methods);
    this.base = base;
  }

  /**
   * Looks at every module.
   *
   * @param model what a file says
   * @param parent parent of the scopes for the work
   * @return a sentence for each module that does not fit, with the layer, what was found and what was expected
   */
  public List<String> misfits(AdapterModel model, NDManager parent) {
    List<String> found = new ArrayList<>();
    try (GradMode off = GradMode.off()) {
      model.components().forEach((component, modules) -> modules.forEach(module -> {
        try {
          require(component, module, parent);
        } catch (UserException misfit) {
          found.add(misfit.getMessage());
        }
      }));
    }
    return found;
  }

  private void require(String component, AdapterModule module, NDManager parent) {
    if (component.equals(AdapterModel.EMBEDDINGS) && !base.paths().containsKey(component)) {
      new WordCheck(base).require(module);
    } else if (ModuleRestorer.isWhole(module)) {
      requireWhole(component, module);
    } else {
      requireUpdate(component, module, parent);
    }
  }

  private void requireWhole(String component, AdapterModule module) {
    Optional<Shape> weight = base.shape(component, module.path());
    module.tensors().forEach((name, stored) -> weight
        .map(shape -> name.equals("weight") ? shape : new Shape(shape.get(0)))
        .filter(shape -> !shape.equals(stored.getShape())).ifPresent(shape -> {
          throw new UserException("Weight " + component + "." + module.path() + "." + name + " has shape "
              + stored.getShape() + ", but this base needs " + shape
              + ". The adapter was made for another base model.");
        }));
  }

  private void requireUpdate(String component, AdapterModule module, NDManager parent) {
    Optional<Shape> shape = base.shape(component, module.path()).or(() -> restorer.shapeOf(module));
    boolean known = shape.map(each -> restores(component, each, module, parent))
        .orElseGet(() -> hasKnownNames(component, module, parent));
    if (!known) {
      throw new UserException("Layer " + component + "." + module.path() + " has "
          + String.join(", ", module.parameters()) + ", but "
          + restorer.refusal(layer(component, module, shape.orElse(UNTOLD)), module) + ".");
    }
  }

  private boolean restores(String component, Shape shape, AdapterModule module, NDManager parent) {
    try (NDManager scope = parent.newSubManager()) {
      return restorer.restore(layer(component, module, shape), module, scope).isPresent();
    }
  }

  private DetachedLayer layer(String component, AdapterModule module, Shape shape) {
    return new DetachedLayer(component, module.path(), shape, base);
  }

  /** On a layer of a shape that nobody told, only the names can be wrong: who finds fault with sizes knows them. */
  private boolean hasKnownNames(String component, AdapterModule module, NDManager parent) {
    try {
      return restores(component, UNTOLD, module, parent);
    } catch (UserException sizes) {
      return true;
    }
  }
}
