package dev.kasane.app.cli.adapter;

import dev.kasane.app.adapter.AdapterMisfit;
import dev.kasane.app.adapter.LoadReport;
import dev.kasane.core.injection.InjectionReport;
import dev.kasane.core.spi.UnmatchedKey;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The load report as {@code kasane inspect --against} prints it for people. */
final class LoadReportText {
  private static final int DIGITS = 5;
  /** What may be the name of a key or a layer: a word with a dot or an underscore inside. */
  private static final Pattern NAME = Pattern.compile("\\w+(?:[._]\\w+)+");

  private LoadReportText() {}

  private static String count(int count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  static List<String> lines(LoadReport load) {
    InjectionReport report = load.report();
    List<String> lines = new ArrayList<>();
    lines.add("against " + load.base() + ": " + count(report.matched().size(), "layer matches", "layers match") + ", "
        + count(report.strays().size(), "key does not", "keys do not") + ", "
        + count(report.misshapen().size(), "layer is misshapen", "layers are misshapen") + ";"
        + " ‖ΔW‖ " + number(load.norm()));
    report.matched().forEach(match -> lines.add("  " + line(match, load.norms())));
    report.misshapen().forEach(each -> lines.add("  MISSHAPEN " + each.component() + ": "
        + each.problem()));
    report.unmatched().stream().filter(each -> report.words().contains(each.key())).forEach(each -> lines.add(
        "  word " + each.key() + ": " + each.reason()));
    strays(report).forEach(alike -> lines.add(line(alike)));
    report.bare().forEach((component, paths) -> lines.add("  " + component + ": " + paths.size()
        + " layers without an adapter"));
    load.diagnosis().forEach(each -> lines.add("  " + each));
    if (!load.isComplete() && !report.matched().isEmpty()) {
      lines.add("  It is refused unless '--adapter-accept " + AdapterMisfit.of(report).stream()
          .map(AdapterMisfit::optionName).collect(Collectors.joining(",")) + "' accepts the "
          + report.matched().size() + " layers that fit.");
    }
    return lines;
  }

  /** The keys that fit nowhere, those together that fail for one cause: it is the same but for names in it. */
  private static Collection<List<UnmatchedKey>> strays(InjectionReport report) {
    Map<String, List<UnmatchedKey>> strays = new LinkedHashMap<>();
    report.strays().forEach(each ->
        strays.computeIfAbsent(NAME.matcher(each.reason()).replaceAll(""), cause -> new ArrayList<>()).add(each));
    return strays.values();
  }

  private static String line(List<UnmatchedKey> alike) {
    UnmatchedKey first = alike.get(0);
    return "  UNMATCHED " + (alike.size() == 1 ? "" : alike.size() + " keys, such as ") + first.key() + ": "
        + first.reason();
  }

  private static String line(InjectionReport.Match match, Map<String, Double> norms) {
    String name = match.component() + "." + match.path();
    String facts = match.facts().entrySet().stream().map(each -> each.getKey() + " " + number(each.getValue()))
        .collect(Collectors.joining(", "));
    Double norm = norms.get(name);
    return name + "  " + match.method() + (facts.isEmpty() ? "" : "  " + facts)
        + (norm == null ? "" : "  ‖ΔW‖ " + number(norm));
  }

  private static String number(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(new MathContext(DIGITS)).stripTrailingZeros().toPlainString()
        : String.valueOf(value);
  }
}
