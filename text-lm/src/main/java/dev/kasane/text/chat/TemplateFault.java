package dev.kasane.text.chat;

import com.hubspot.jinjava.interpret.CollectionTooBigException;
import com.hubspot.jinjava.interpret.OutputTooBigException;
import com.hubspot.jinjava.interpret.TemplateError;
import dev.kasane.core.UserException;
import java.util.regex.Pattern;

/** Why a template did not run, in this program's words where it has some. */
final class TemplateFault {
  private static final int LONGEST = 300;
  /** Names of the machine's own faults, which the engine writes before what they say. */
  private static final Pattern FAULTS = Pattern.compile("(?:[\\w.$]+(?:Exception|Error): ?)+");

  private TemplateFault() {}

  /** What an error of the engine says, and where. */
  static String of(TemplateError error) {
    String known = known(error.getException());
    return known == null ? firstLine(error.getMessage()) + " (line " + error.getLineno() + ")" : known;
  }

  /** What ended a rendering. */
  static String of(Throwable failure) {
    String known = known(failure);
    return known != null ? known
        : failure.getMessage() == null ? "one of its expressions has no value" : firstLine(failure.getMessage());
  }

  private static String known(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserException) {
        return cause.getMessage();
      } else if (cause instanceof OutputTooBigException) {
        return "it makes a text of more than " + TextLength.MOST + " characters";
      } else if (cause instanceof CollectionTooBigException) {
        return "it makes a list that is too long";
      } else if (cause instanceof StackOverflowError) {
        return "it nests too deeply";
      } else if (cause instanceof OutOfMemoryError) {
        return "it makes more than the memory holds";
      }
    }
    return null;
  }

  /** The engine quotes what it could not parse, with its line breaks. */
  private static String firstLine(String reason) {
    String first = reason == null ? "" : reason.lines().findFirst().orElse("").strip();
    String line = FAULTS.matcher(first).lookingAt() ? FAULTS.matcher(first).replaceFirst("") : first;
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "\u2026";
  }
}
