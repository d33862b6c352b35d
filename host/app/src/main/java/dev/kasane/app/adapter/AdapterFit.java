package dev.kasane.app.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.FitCheck;
import dev.kasane.core.algebra.LayerTable;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Refuses adapters that cannot be, before anything is made of them: a mix, a file in another format. */
public final class AdapterFit {
  private final List<AdapterMethod> methods;

  /**
   * @param methods the methods that say whether a module fits a layer
   */
  public AdapterFit(List<AdapterMethod> methods) {
    this.methods = List.copyOf(methods);
  }

  /**
   * Makes sure that all of an adapter fits a base.
   *
   * @param file what was read, for messages
   * @param model what it holds
   * @param base the base that the user named
   * @param scope parent of the scopes for the work
   * @throws UserException for the first module that does not, with the number of others
   */
  public void require(Path file, AdapterModel model, LayerTable base, NDManager scope) {
    refuse(file + ": ", misfits(model, base, scope));
  }

  /**
   * Makes sure that all of an adapter fits the base that its keys speak of. Smaller models with a published base's
   * names are common in tests and trials: when most layers have other sizes than the base's, the factors have to fit
   * one another and no more.
   *
   * @param file what was read, for messages
   * @param model what it holds
   * @param guess the base that its keys speak of
   * @param scope parent of the scopes for the work
   * @return the base, or its layers' names
   * @throws UserException for the first module that does not fit, with the number of others
   */
  public LayerTable requireGuessed(Path file, AdapterModel model, LayerTable guess, NDManager scope) {
    List<String> misfits = misfits(model, guess, scope);
    int modules = model.components().values().stream().mapToInt(Collection::size).sum();
    if (misfits.isEmpty() || 2 * misfits.size() <= modules) {
      refuse(file + ": ", misfits);
      return guess;
    }
    LayerTable names = guess.withoutShapes();
    refuse(file + " holds tensors that do not fit one another: ", misfits(model, names, scope));
    return names;
  }

  private List<String> misfits(AdapterModel model, LayerTable base, NDManager scope) {
    return new FitCheck(methods, base).misfits(model, scope);
  }

  private static void refuse(String beginning, List<String> misfits) {
    if (!misfits.isEmpty()) {
      int others = misfits.size() - 1;
      throw new UserException(beginning + misfits.get(0) + (others == 0 ? ""
          : " " + others + " more layers do not fit either."));
    }
  }
}
