package dev.kasane.app.terminal;

import dev.kasane.core.VisibleText;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * Java's standard output or error for everybody who prints there without asking: loggers, libraries, stack traces.
 */
public final class MessageStream extends PrintStream {
  private final PrintStream beneath;

  private MessageStream(PrintStream beneath) {
    super(new DecodedText(text -> beneath.print(VisibleText.lines(text)), beneath::flush), true,
        Charset.defaultCharset());
    this.beneath = beneath;
  }

  /** Puts the door in front of Java's two streams. */
  public static void install() {
    System.setOut(new MessageStream(own(System.out)));
    System.setErr(new MessageStream(own(System.err)));
  }

  /** The way for what Kasane itself draws: the stream beneath the door, if there is one. */
  public static PrintStream own(PrintStream stream) {
    return stream instanceof MessageStream door ? door.beneath : stream;
  }

  /** What is printed as a line stays one: line breaks in it are written out. */
  @Override
  public void println(String line) {
    super.println(VisibleText.of(String.valueOf(line)));
  }

  @Override
  public void println(Object line) {
    println(String.valueOf(line));
  }

  @Override
  public void println(char[] line) {
    println(new String(line));
  }
}
