package dev.kasane.app.cli.adapter;

import dev.kasane.app.inspect.FileInspection;
import dev.kasane.core.VisibleText;
import dev.kasane.core.spi.ModuleFacts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code kasane inspect} prints for people. */
final class InspectionText {
  private static final int LONGEST_VALUE = 200;
  private static final int MOST_VALUES = 12;

  private InspectionText() {}

  static List<String> lines(FileInspection inspection) {
    List<String> lines = new ArrayList<>();
    lines.add(inspection.file());
    add(lines, "size", size(inspection.bytes()) + ", " + inspection.tensors().count() + " tensors ("
        + inspection.tensors().container() + ")");
    add(lines, "format", inspection.kind().format());
    add(lines, "method", inspection.kind().method());
    add(lines, "base", inspection.kind().base());
    add(lines, "modules", inspection.adapted().modules() + missingAlphas(inspection));
    add(lines, "ranks", joined(inspection.adapted().ranks()));
    inspection.adapted().sizes().forEach((name, sizes) -> {
      if (!name.equals(ModuleFacts.RANK)) {
        add(lines, name, joined(sizes));
      }
    });
    add(lines, "alphas", joined(inspection.adapted().alphas()));
    add(lines, "dtypes", joined(inspection.tensors().dtypes()));
    add(lines, "targets", pairs(inspection.adapted().targets(), " "));
    add(lines, "words", joined(inspection.told().triggerWords()));
    inspection.told().training().forEach((name, value) -> add(lines, name, value));
    inspection.hashes().forEach((name, value) -> add(lines, name, value));
    add(lines, "values", inspection.valuesChecked() ? "all read" : "not read; --scan looks for NaN");
    inspection.notes().forEach(note -> add(lines, "note", note));
    inspection.problems().forEach(problem -> lines.add("  PROBLEM          " + problem));
    return lines;
  }

  private static String missingAlphas(FileInspection inspection) {
    return inspection.adapted().missingAlphas() == 0 ? ""
        : ", " + inspection.adapted().missingAlphas() + " of them without alpha (their scale is 1)";
  }

  private static void add(List<String> lines, String name, String value) {
    if (!value.isEmpty()) {
      lines.add(String.format(Locale.ROOT, "  %-16s %s", VisibleText.of(name),
          VisibleText.shortened(value, LONGEST_VALUE)));
    }
  }

  private static String joined(Collection<?> values) {
    String text = values.stream().limit(MOST_VALUES).map(InspectionText::plain)
        .collect(Collectors.joining(", "));
    return values.size() <= MOST_VALUES ? text : text + ", …";
  }

  private static String plain(Object value) {
    String text = value.toString();
    return value instanceof Double && text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private static String pairs(Map<String, Integer> counts, String between) {
    return counts.entrySet().stream().map(each -> each.getKey() + between + each.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " bytes";
    }
    return bytes < 1 << 20
        ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
        : String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }
}
