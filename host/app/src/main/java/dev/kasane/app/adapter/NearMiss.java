package dev.kasane.app.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.app.base.ModelFamilies;
import dev.kasane.core.UserException;
import dev.kasane.core.family.BaseKind;
import dev.kasane.core.injection.InjectionReport;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.tensor.Engines;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says what a file that does not fit a base most likely is. */
public final class NearMiss {
  private NearMiss() {}

  /**
   * Sentences for people: whether the keys are mangled and can be repaired, and whether another base fits.
   *
   * @param chosen the file and its format
   * @param base the base that it was compared with
   * @param report how that went
   * @param methods the methods to try
   * @return nothing for a file that fits
   */
  public static List<String> of(FormatChoice.Chosen chosen, AdapterBase base, InjectionReport report,
      List<AdapterMethod> methods) {
    if (report.isComplete()) {
      return List.of();
    }
    List<String> found = new ArrayList<>();
    Optional<Map<String, String>> repair = chosen.format().repair(chosen.keys(), base.layers());
    repair.ifPresent(renames -> found.add(renames.size() + " keys were mangled by a faulty conversion; "
        + example(renames) + ". «convert " + chosen.path() + " NEW, to " + chosen.format().id()
        + ", repair" + (base.kind().isDiverse() ? ", base MODEL" : "") + "» writes a file with the right keys."));
    if (repair.isEmpty()) {
      better(chosen, base, report, methods).ifPresent(found::add);
    }
    return List.copyOf(found);
  }

  private static String example(Map<String, String> renames) {
    Map.Entry<String, String> first = renames.entrySet().iterator().next();
    return "'" + first.getKey() + "' was meant to be '" + first.getValue() + "'";
  }

  private static Optional<String> better(FormatChoice.Chosen chosen, AdapterBase base,
      InjectionReport report, List<AdapterMethod> methods) {
    String best = null;
    int most = report.matched().size();
    for (BaseKind other : ModelFamilies.publishedKinds()) {
      if (other == base.kind()) {
        continue;
      }
      try (NDManager scope = Engines.newManager()) {
        AdapterBase candidate = AdapterBase.of(other);
        InjectionReport there = LoadReport.fit(chosen, candidate, methods, scope).report();
        if (there.matched().size() > most) {
          most = there.matched().size();
          best = "The file fits " + candidate.kind().title() + (there.isComplete() ? " completely" : " better")
              + ": " + most + " layers there, " + report.matched().size() + " here.";
        }
      } catch (UserException unreadable) {
        // A file that a format cannot read for another base is no candidate for it.
        continue;
      }
    }
    return Optional.ofNullable(best);
  }
}
