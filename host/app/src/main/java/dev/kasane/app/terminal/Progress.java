package dev.kasane.app.terminal;

import dev.kasane.core.VisibleText;
import dev.kasane.core.family.ProgressDisplay;
import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a task has come: a bar, the count, time gone and time left, speed, and a message such as the loss.
 */
public final class Progress implements ProgressDisplay.Bar {
  private static final Duration REDRAW = Duration.ofMillis(250);
  private static final Duration PLAIN_LINE = Duration.ofSeconds(10);
  private static final int PLAIN_WIDTH = 100;

  private final ProgressBar bar;
  private final ProgressBarConsumer consumer;
  private final PrintStream out;
  private final boolean terminal;

  private Progress(ProgressBar bar, ProgressBarConsumer consumer, PrintStream out, boolean terminal) {
    this.bar = bar;
    this.consumer = consumer;
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * Starts showing progress on standard error.
   *
   * @param task what is done, such as {@code Training}
   * @param unit what is counted, such as {@code steps}
   * @param total how many there are, or -1 when nobody knows
   * @param done how many were done before, by an earlier run; they do not count for the speed
   */
  public static Progress start(String task, String unit, long total, long done) {
    return start(task, unit, total, done, MessageStream.own(System.err), isTerminal());
  }

  /** The same for what nothing was done of before. */
  public static Progress start(String task, String unit, long total) {
    return start(task, unit, total, 0);
  }

  static Progress start(String task, String unit, long total, long done, PrintStream out, boolean terminal) {
    DecimalFormat speed = new DecimalFormat("0.00", DecimalFormatSymbols.getInstance(Locale.ROOT));
    ProgressBarConsumer consumer = terminal ? new RedrawnLine(out)
        : new DelegatingProgressBarConsumer(new PlainLines(out), PLAIN_WIDTH);
    ProgressBarBuilder builder = new ProgressBarBuilder()
        .setTaskName(task).setUnit(" " + unit, 1).setInitialMax(total).startsFrom(done, Duration.ZERO)
        .setStyle(ProgressBarStyle.ASCII).showSpeed(speed)
        .setUpdateIntervalMillis((int) (terminal ? REDRAW : PLAIN_LINE).toMillis())
        .setConsumer(consumer);
    return new Progress(builder.build(), consumer, out, terminal);
  }

  /** Whether standard error is a terminal: the launcher knows; without it the console is a fair guess. */
  private static boolean isTerminal() {
    String told = System.getProperty("kasane.terminal");
    return told == null ? System.console() != null : Boolean.parseBoolean(told);
  }

  /** Counts one more. */
  public void step() {
    bar.step();
  }

  @Override
  public void stepTo(long done) {
    bar.stepTo(done);
  }

  /** Sets what stands at the end of the line, such as {@code loss 0.0931}. */
  public void message(String message) {
    bar.setExtraMessage(" " + VisibleText.of(message));
  }

  /** Prints a line that stays, above the bar. */
  public void note(String line) {
    String visible = VisibleText.of(line);
    out.println(terminal ? "\r\033[K" + visible : visible);
  }

  /** Clears the line before something else prints on the terminal; the next redraw brings it back. */
  public void clear() {
    if (terminal) {
      out.print("\r\033[K");
      out.flush();
    }
  }

  /** Draws the last state and ends the line. */
  @Override
  public void close() {
    bar.close();
    // A bar that lived shorter than one redraw does not end its line by itself.
    consumer.close();
  }

  /** At its end a bar draws its state twice; a line that tells nothing but the time anew is left out. */
  private static final class PlainLines implements Consumer<String> {
    private static final Pattern CLOCK = Pattern.compile("\\([^)]*\\) +\\S+ +\\S+/s");

    private final PrintStream out;
    private String last = "";

    PlainLines(PrintStream out) {
      this.out = out;
    }

    @Override
    public void accept(String line) {
      String state = CLOCK.matcher(line.stripTrailing()).replaceFirst("");
      if (!state.equals(last)) {
        out.println(line.stripTrailing());
      }
      last = state;
    }
  }

  private static final class RedrawnLine extends ConsoleProgressBarConsumer {
    private boolean ended;

    RedrawnLine(PrintStream out) {
      super(out);
    }

    @Override
    public void close() {
      if (!ended) {
        ended = true;
        super.close();
      }
    }
  }
}
