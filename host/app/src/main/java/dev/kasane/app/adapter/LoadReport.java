package dev.kasane.app.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.InjectionReport;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How an adapter file fits a base: what becomes of every key and how strong each layer's update is.
 *
 * @param base what it was compared with
 * @param report what became of every key
 * @param norms the Frobenius norm of ΔW at strength 1 by {@code component.path}; without those layers whose
 *     ΔW depends on values of the base that are not at hand
 * @param diagnosis what a file that does not fit most likely is; empty for one that does
 */
public record LoadReport(
    Path file, String format, String base, InjectionReport report, Map<String, Double> norms,
    List<String> diagnosis) {

  /**
   * Compares a file with a base without touching the base.
   *
   * @param chosen the file and its format
   * @param methods the methods to try
   * @param scope owner of what is made on the way
   * @throws UserException when the file cannot be read, or the base's layers are not known
   */
  public static LoadReport of(FormatChoice.Chosen chosen, AdapterBase base,
      List<AdapterMethod> methods, NDManager scope) {
    Injector.Restored fit = fit(chosen, base, methods, scope);
    return new LoadReport(chosen.path(), chosen.format().id(), base.name(), fit.report(),
        fit.set().deltaNorms(), NearMiss.of(chosen, base, fit.report(), methods));
  }

  static Injector.Restored fit(FormatChoice.Chosen chosen, AdapterBase base, List<AdapterMethod> methods,
      NDManager scope) {
    AdapterModel saved = chosen.format().read(chosen.path(), base.layers(), scope);
    return Injector.fit(base.components(), saved, methods, 1, scope);
  }

  /** Whether everything in the file has found its place. */
  public boolean isComplete() {
    return report.isComplete() && !report.matched().isEmpty();
  }

  /** The norm over all layers whose norm is known. */
  public double norm() {
    return Math.sqrt(norms.values().stream().mapToDouble(norm -> norm * norm).sum());
  }
}
