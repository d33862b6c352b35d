package dev.kasane.app.cli.options;

import java.io.PrintWriter;
import java.util.function.Consumer;

/** Lines for people while a command works. */
public final class Lines {
  private Lines() {}

  /** Prints each line at once. */
  public static Consumer<String> on(PrintWriter out) {
    return line -> {
      out.println(line);
      out.flush();
    };
  }
}
