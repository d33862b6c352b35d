package dev.kasane.diffusion.data;

import dev.kasane.core.files.FileNames;
import dev.kasane.diffusion.data.batch.Placement;
import dev.kasane.diffusion.data.caption.AdapterTag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Puts a report into words. */
final class DatasetReportText {
  private static final int NAMES_SHOWN = 10;

  private final DatasetReport report;
  private final List<String> lines = new ArrayList<>();

  DatasetReportText(DatasetReport report) {
    this.report = report;
  }

  List<String> lines() {
    long regularisation = report.pictures().stream().filter(DatasetPicture::regularisation).count();
    lines.add("Pictures: " + report.pictures().size() + " readable, " + report.showings()
        + " showings an epoch"
        + (regularisation > 0 ? ", " + regularisation + " of them for prior preservation" : ""));
    report.buckets().forEach((bucket, count) -> lines.add("  " + bucket + ": " + count.pictures()
        + " picture(s), " + count.showings() + " showing(s)"));
    repeats();
    captions();
    crops();
    for (List<String> group : report.duplicates()) {
      lines.add("Same picture more than once: " + some(group));
    }
    for (PictureDataset.Unreadable unreadable : report.dataset().unreadable()) {
      lines.add("Unreadable: " + unreadable.reason());
    }
    return List.copyOf(lines);
  }

  private void repeats() {
    report.pictures().stream().mapToInt(DatasetPicture::repeats).filter(n -> n > 1).distinct().sorted()
        .forEach(n -> lines.add("Repeated " + n + " times: "
            + report.pictures().stream().filter(p -> p.repeats() == n).count() + " picture(s)"));
  }

  private void captions() {
    int missing = report.missingCaptions().size();
    lines.add("Captions: " + (report.pictures().size() - missing) + " found, " + missing + " missing"
        + (missing > 0 ? ": " + some(report.missingCaptions()) : ""));
    if (!report.emptyCaptions().isEmpty()) {
      lines.add("Empty captions: " + some(report.emptyCaptions()));
    }
    List<String> tagged = report.pictures().stream()
        .filter(picture -> picture.caption().flatMap(AdapterTag::in).isPresent()).map(DatasetPicture::name).toList();
    if (!tagged.isEmpty()) {
      lines.add("Captions with tags that call adapters (such as <lora:name:1>), which are learnt as words: "
          + some(tagged));
    }
    List<String> orphans = report.dataset().captionsWithoutPicture();
    if (!orphans.isEmpty()) {
      lines.add("Captions without a picture: " + some(orphans));
    }
  }

  private void crops() {
    if (report.placements().isEmpty()) {
      return;
    }
    int worst = 0;
    for (int i = 1; i < report.placements().size(); i++) {
      if (Comparator.comparingDouble(Placement::croppedShare)
          .compare(report.placements().get(i), report.placements().get(worst)) > 0) {
        worst = i;
      }
    }
    double most = report.placements().get(worst).croppedShare();
    lines.add("Cropped away: " + DatasetReport.percent(report.meanCroppedShare()) + " of the area on average"
        + (most > 0 ? ", most from " + report.pictures().get(worst).name() + " ("
            + DatasetReport.percent(most) + ")" : ""));
    if (!report.upscaled().isEmpty()) {
      lines.add("Enlarged, since smaller than their bucket: " + some(report.upscaled()));
    }
  }

  /** The first few names, and how many more there are. */
  static String some(List<String> names) {
    String shown = String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size())));
    return names.size() > NAMES_SHOWN ? shown + " and " + (names.size() - NAMES_SHOWN) + " more" : shown;
  }

  /** The caption file that a picture could have. */
  static String example(String picture, DatasetOptions options) {
    String extension = options.captionExtensions().isEmpty() ? "txt" : options.captionExtensions().get(0);
    return FileNames.stem(Path.of(picture)) + "." + extension;
  }
}
