package dev.kasane.app.adapter;

import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.InjectionReport;
import dev.kasane.core.spi.AdapterModule;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * An adapter that fits a live model.
 *
 * @param reference the file and its weight
 * @param format the file's format
 * @param set the adapters; whether they are on the model is theirs to tell
 * @param report what became of every key
 * @param norm the Frobenius norm of ΔW over all layers, at weight 1
 * @param words learned words in the same file
 * @param notes what was left out of account though it changes nothing
 */
public record LoadedAdapter(
    AdapterReference reference, String format, AdapterSet set, InjectionReport report, double norm,
    List<AdapterModule> words, List<String> notes) {
  private static final int FEW = 3;
  private static final int DIGITS = 6;
  private static final List<String> FACTS = List.of("rank", "alpha", "scale");

  /** One line for people, and below it what did not fit. */
  public List<String> lines() {
    Map<String, Long> layers = report.matched().stream().collect(Collectors.groupingBy(
        InjectionReport.Match::component, LinkedHashMap::new, Collectors.counting()));
    String where = layers.entrySet().stream().map(each -> each.getKey() + " " + each.getValue())
        .collect(Collectors.joining(", "));
    String facts = FACTS.stream().filter(name -> report.matched().get(0).facts().containsKey(name))
        .map(name -> ", " + name + " " + range(name)).collect(Collectors.joining());
    List<String> lines = new ArrayList<>();
    lines.add(reference.file() + ": " + format + ", " + report.matched().size() + " layers (" + where
        + ")" + facts + ", ‖ΔW‖ " + number(norm) + ", weight " + number(reference.weight()));
    notes.forEach(note -> lines.add("  " + note));
    if (norm == 0 && set.wholes().isEmpty()) {
      lines.add("  It changes nothing: every update in it is zero. Was it trained?");
    }
    if (!report.isComplete()) {
      lines.addAll(report.lines());
    }
    return lines;
  }

  private String range(String fact) {
    List<String> values = report.matched().stream().map(match -> match.facts().get(fact))
        .filter(Objects::nonNull).sorted().map(LoadedAdapter::number).distinct().toList();
    return values.size() <= FEW ? String.join("/", values)
        : values.get(0) + " to " + values.get(values.size() - 1);
  }

  /** Six significant digits, without an exponent and without zeros at the end. */
  public static String number(double value) {
    return new BigDecimal(value).round(new MathContext(DIGITS)).stripTrailingZeros().toPlainString();
  }
}
