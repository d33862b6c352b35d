package dev.kasane.app.terminal;

import java.io.PrintWriter;
import java.util.function.UnaryOperator;

/** Passes on every text only as something makes of it. */
class VisibleWriter extends PrintWriter {
  private final PrintWriter beneath;
  private final UnaryOperator<String> filter;

  /**
   * @param beneath gets what the filter leaves
   * @param filter applied to each text that is written at once
   */
  VisibleWriter(PrintWriter beneath, UnaryOperator<String> filter) {
    super(beneath);
    this.beneath = beneath;
    this.filter = filter;
  }

  /** Where the text goes on to. */
  final PrintWriter beneath() {
    return beneath;
  }

  @Override
  public final void write(int letter) {
    write(String.valueOf((char) letter));
  }

  @Override
  public final void write(char[] text, int offset, int length) {
    write(new String(text, offset, length));
  }

  @Override
  public final void write(String text, int offset, int length) {
    write(text.substring(offset, offset + length));
  }

  @Override
  public final void write(String text) {
    beneath.write(filter.apply(text));
  }
}
