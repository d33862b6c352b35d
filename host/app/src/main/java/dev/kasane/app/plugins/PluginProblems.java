package dev.kasane.app.plugins;

import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects what went wrong with each plugin, so that one run names all of them. */
final class PluginProblems {
  private final List<String> messages = new ArrayList<>();
  private Throwable first;

  void add(String message, Throwable cause) {
    messages.add(message);
    if (first == null) {
      first = cause;
    }
  }

  /** A plugin that could not be used, with the innermost reason. */
  void failed(String id, Path jar, Throwable cause) {
    add("Plugin '" + id + "' (" + jar + ") did not start: " + reason(cause)
        + ". Remove the file, or replace it by a build for this version of Kasane.", cause);
  }

  /** A file that is no plugin at all. */
  void unreadable(Path jar, Throwable cause) {
    add(jar + " is not a readable plugin: " + reason(cause) + ". Remove the file or replace it.", cause);
  }

  void throwIfAny() {
    if (!messages.isEmpty()) {
      throw new UserException(messages.get(0), messages.subList(1, messages.size()), first);
    }
  }

  /** The innermost cause with its type, because PF4J's and the JVM's own messages are often a bare name. */
  private static String reason(Throwable cause) {
    Throwable innermost = cause;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String message = innermost.getMessage() == null ? "" : ": " + innermost.getMessage();
    return innermost.getClass().getSimpleName() + message;
  }
}
