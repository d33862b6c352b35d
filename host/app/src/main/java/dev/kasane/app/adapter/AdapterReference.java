package dev.kasane.app.adapter;

import dev.kasane.core.UserException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An adapter with the strength that it is used at.
 *
 * @param file a file, or a folder as PEFT writes it
 * @param weight 1 for as trained, 0 for not at all; may be negative
 */
public record AdapterReference(Path file, double weight) {
  private static final Pattern WITH_WEIGHT =
      Pattern.compile("(.+):([+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?)", Pattern.DOTALL);
  private static final double LARGEST = 1000;

  /**
   * Reads {@code FILE} or {@code FILE:weight}.
   *
   * <p>What stands after the last colon is a weight if it is a decimal number, and unless only a single
   * letter stands before it, as in the Windows path {@code C:7}. A file whose own name ends in a colon and a
   * number is named with its weight: {@code style:2:1}.
   *
   * @throws UserException when the weight is out of range or the file's name impossible
   */
  public static AdapterReference parse(String text) {
    Matcher parts = WITH_WEIGHT.matcher(text);
    boolean weighted = parts.matches() && parts.group(1).length() > 1;
    String name = weighted ? parts.group(1) : text;
    if (name.isEmpty() || name.endsWith(":")) {
      throw new UserException("'" + text + "' should be FILE or FILE:weight, such as style.safetensors:0.8.");
    }
    double weight = weighted ? Double.parseDouble(parts.group(2)) : 1;
    if (Math.abs(weight) > LARGEST) {
      throw new UserException("'" + text + "' has the weight " + weight + ", expected -1000 to 1000;"
          + " 1 is as trained.");
    }
    try {
      return new AdapterReference(Path.of(name), weight);
    } catch (InvalidPathException e) {
      throw new UserException("'" + name + "' cannot be a file's name: " + e.getReason() + ".", e);
    }
  }

  /** The file's name without folder and ending. */
  public String name() {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /** As it could have been typed. */
  @Override
  public String toString() {
    return file + ":" + weight;
  }
}
