package dev.kasane.app.terminal;

import dev.kasane.core.VisibleText;
import java.io.PrintWriter;
import java.util.function.UnaryOperator;

/** A command's standard output or error, through which nothing comes that would steer a terminal. */
public final class MessageWriter extends VisibleWriter {
  /** Whether standard output is a terminal; only the launcher knows, and without its word it may be one. */
  private static final String OUTPUT = "kasane.terminal.output";

  private final UnaryOperator<String> words;

  private MessageWriter(PrintWriter beneath, UnaryOperator<String> words) {
    super(beneath, text -> VisibleText.lines(words.apply(text)));
    this.words = words;
  }

  /** The door in front of a writer; a writer that is one already stays as it is. */
  public static PrintWriter before(PrintWriter writer) {
    return writer instanceof MessageWriter ? writer : new MessageWriter(writer, UnaryOperator.identity());
  }

  /**
   * A door that puts words in the place of others.
   *
   * @param words what becomes of each text that is printed at once
   */
  public static PrintWriter saying(UnaryOperator<String> words, PrintWriter writer) {
    return new MessageWriter(own(writer), words);
  }

  /**
   * The way for what Kasane itself wrote, colours included.
   *
   * @param writer a command's standard output or error
   */
  public static PrintWriter own(PrintWriter writer) {
    return writer instanceof MessageWriter door ? door.beneath() : writer;
  }

  /**
   * The way for results such as a model's words: as they are into a file or a pipe, made visible on a terminal.
   *
   * @param output a command's standard output
   */
  public static PrintWriter content(PrintWriter output) {
    boolean terminal = !"false".equals(System.getProperty(OUTPUT));
    return terminal ? new VisibleWriter(own(output), VisibleText::prose) : own(output);
  }

  /** What is printed as a line stays one: line breaks in it are written out. */
  @Override
  public void println(String line) {
    beneath().println(VisibleText.of(words.apply(String.valueOf(line))));
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
