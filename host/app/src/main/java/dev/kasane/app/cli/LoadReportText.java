package dev.kasane.app.cli;

import dev.kasane.app.adapter.AdapterLoading;
import dev.kasane.app.adapter.AdapterMisfit;
import dev.kasane.app.adapter.LoadReport;
import dev.kasane.core.injection.InjectionReport;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The load report as {@code kasane inspect --against} prints it for people. */
final class LoadReportText {
  private static final int DIGITS = 5;

  private LoadReportText() {}

  static List<String> lines(LoadReport load) {
    InjectionReport report = load.report();
    List<String> lines = new ArrayList<>();
    lines.add("against " + load.base() + ": " + report.matched().size() + " layers match, "
        + report.strays().size() + " keys do not, " + report.misshapen().size() + " layers are misshapen;"
        + " ‖ΔW‖ " + number(load.norm()));
    report.matched().forEach(match -> lines.add("  " + line(match, load.norms())));
    report.misshapen().forEach(each -> lines.add("  MISSHAPEN " + each.component() + ": "
        + InspectionText.printable(each.problem())));
    report.unmatched().forEach(each -> lines.add(
        (report.words().contains(each.key()) ? "  word " : "  UNMATCHED ")
        + InspectionText.printable(each.key() + ": " + each.reason())));
    report.bare().forEach((component, paths) -> lines.add("  " + component + ": " + paths.size()
        + " layers without an adapter"));
    load.diagnosis().forEach(each -> lines.add("  " + InspectionText.printable(each)));
    if (!load.isComplete() && !report.matched().isEmpty()) {
      lines.add("  It is refused unless '" + AdapterLoading.ACCEPT + " " + AdapterMisfit.of(report).stream()
          .map(AdapterMisfit::optionName).collect(Collectors.joining(",")) + "' accepts the "
          + report.matched().size() + " layers that fit.");
    }
    return lines;
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
