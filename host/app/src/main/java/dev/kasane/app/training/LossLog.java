package dev.kasane.app.training;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.InputFile;
import dev.kasane.core.files.PendingFile;
import dev.kasane.core.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The losses of a run, in memory and in a CSV file that a resumed run goes on with. */
final class LossLog implements TrainingListener {
  private static final String HEADER = "step,loss,learning_rate,gradient_norm,validation_loss\n";
  private static final Pattern LINE = Pattern.compile("\\d{1,18}(,[^,]*){4}");

  private final Path file;
  private final List<Point> points = new ArrayList<>();

  /**
   * What was measured after a step.
   *
   * @param step steps done
   * @param loss training loss, or not a number
   * @param learningRate the rate
   * @param gradientNorm norm before clipping
   * @param validationLoss loss on the pictures kept out, or not a number
   */
  record Point(long step, double loss, double learningRate, double gradientNorm, double validationLoss) {
    private String line() {
      return String.format(Locale.ROOT, "%d,%.9g,%.9g,%.9g,%s\n", step, loss, learningRate, gradientNorm,
          Double.isNaN(validationLoss) ? "" : String.format(Locale.ROOT, "%.9g", validationLoss));
    }

    private static Point parse(String line) {
      String[] cells = line.split(",", -1);
      return new Point(Long.parseLong(cells[0]), Double.parseDouble(cells[1]), Double.parseDouble(cells[2]),
          Double.parseDouble(cells[3]), cells[4].isEmpty() ? Double.NaN : Double.parseDouble(cells[4]));
    }
  }

  /**
   * Opens the log and drops what lies after the steps done.
   *
   * @param file the CSV file
   * @param done steps that the run goes on from
   */
  LossLog(Path file, long done) {
    this.file = file;
    if (done > 0 && Files.isRegularFile(file)) {
      readUpTo(done);
    }
    StringBuilder text = new StringBuilder(HEADER);
    points.forEach(point -> text.append(point.line()));
    replace(text.toString());
  }

  private void readUpTo(long done) {
    try {
      String text = InputFile.text(file);
      // A run that was killed may have left half a line at the end, which can look like a whole one.
      text.substring(0, text.lastIndexOf('\n') + 1).lines().filter(line -> LINE.matcher(line).matches())
          .map(Point::parse).filter(point -> point.step() <= done).forEach(points::add);
    } catch (IOException | NumberFormatException e) {
      throw new UserException("Loss log " + file + " cannot be read: " + e.getMessage()
          + ". Remove it to go on without the losses so far.", e);
    }
  }

  @Override
  public void onStep(StepReport step) {
    add(new Point(step.number(), step.loss(), step.learningRate(), step.gradientNorm(), Double.NaN));
  }

  /** Notes the loss on the pictures kept out. */
  void validation(long step, double loss) {
    add(new Point(step, Double.NaN, Double.NaN, Double.NaN, loss));
  }

  private void add(Point point) {
    points.add(point);
    try {
      Files.writeString(file, point.line(), StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void replace(String text) {
    try {
      PendingFile.replace(file, text);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private UserException unwritable(IOException cause) {
    return new UserException("Loss log " + file + " cannot be written: " + FileFaults.reason(cause)
        + ". Free some space, then run the same command again to go on.", cause);
  }

  /** Everything so far. */
  List<Point> points() {
    return List.copyOf(points);
  }
}
