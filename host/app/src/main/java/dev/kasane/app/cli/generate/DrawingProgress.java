package dev.kasane.app.cli.generate;

import dev.kasane.app.image.PictureRun;
import dev.kasane.app.terminal.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Shows how far drawing has come, and prints the file of each picture on standard output. */
final class DrawingProgress implements PictureRun.Listener, AutoCloseable {
  private final int pictures;
  private final PrintWriter out;
  private Progress progress;

  /**
   * @param pictures how many will be drawn
   * @param out standard output
   */
  DrawingProgress(int pictures, PrintWriter out) {
    this.pictures = pictures;
    this.out = out;
  }

  @Override
  public void stepped(int picture, int step, int steps) {
    if (progress == null) {
      // Only the scheduler knows how many steps a picture really takes.
      progress = Progress.start("Drawing", "steps", (long) pictures * steps, 0);
    }
    progress.stepTo((long) picture * steps + step);
    if (pictures > 1) {
      progress.message("picture " + (picture + 1) + " of " + pictures);
    }
  }

  @Override
  public void written(Path file) {
    if (progress != null) {
      progress.clear();
    }
    out.println(file);
    out.flush();
  }

  @Override
  public void close() {
    if (progress != null) {
      progress.close();
    }
  }
}
