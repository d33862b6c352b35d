package dev.kasane.app.cli;

import dev.kasane.core.UserException;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.tensor.EngineFaults;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Turns whatever a command threw into what the user reads. */
record Failures(boolean debug) {
  private static final String DISK_FULL = "the disk is full; free some space and run again";
  private static final String ADVICE_ON_BUGS =
      "This is a fault of Kasane itself. Run it again with --debug and report what it prints.";

  private static final String PROGRAM = "kasane: ";

  /** Prints the message, and the stack trace when it was asked for. */
  void report(Throwable failure, PrintWriter err) {
    Throwable cause = unwrap(failure);
    lines(cause).map(FileFaults::withFinalNames).forEach(err::println);
    if (debug) {
      cause.printStackTrace(err);
    }
  }

  private static Throwable unwrap(Throwable failure) {
    boolean wrapper = failure instanceof CommandLine.ExecutionException
        || failure instanceof UncheckedIOException || failure instanceof ExecutionException
        || failure instanceof CompletionException
        || failure instanceof InvocationTargetException || failure instanceof ExceptionInInitializerError;
    return wrapper && failure.getCause() != null ? unwrap(failure.getCause()) : failure;
  }

  static Stream<String> lines(Throwable failure) {
    if (failure instanceof FileFault fault && FileFaults.isDiskFull(fault)) {
      return Stream.of(PROGRAM + fault.getMessage() + "; free some space and run again");
    } else if (failure instanceof UserException user) {
      return Stream.concat(Stream.of(PROGRAM + user.headline()), user.details().stream());
    }
    return ofTheMachine(failure).map(message -> Stream.of(PROGRAM + message))
        .orElseGet(() -> Stream.of(PROGRAM + "internal error, " + named(failure), ADVICE_ON_BUGS));
  }

  /** What a failure says that files, memory and libraries give reason for; nothing when the program itself does. */
  private static Optional<String> ofTheMachine(Throwable failure) {
    if (failure instanceof OutOfMemoryError) {
      return Optional.of(outOfHeap());
    } else if (failure instanceof StackOverflowError) {
      return Optional.of("something in the input is nested deeper than this program can follow; --debug shows where.");
    } else if (EngineFaults.isOutOfMemory(failure)) {
      return Optional.of("out of memory: libtorch could not get the memory that this needs. Use smaller pictures, a"
          + " smaller batch, a lower rank or gradient checkpointing. (" + EngineFaults.firstLine(failure) + ")");
    } else if (EngineFaults.isDeviceLost(failure)) {
      return Optional.of("the GPU stopped working: " + EngineFaults.firstLine(failure) + ". Run again; 'kasane doctor'"
          + " tells what state it is in.");
    } else if (failure instanceof FileSystemException file) {
      return Optional.of(message(file));
    } else if (failure instanceof IOException io) {
      return Optional.of(FileFaults.isDiskFull(io) ? DISK_FULL : named(failure));
    }
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).filter(UnsatisfiedLinkError.class::isInstance)
        .findFirst().map(link -> "a native library cannot be loaded: " + EngineFaults.firstLine(link) + ". It is damaged, made for"
            + " another system, or lacks a library that it needs; 'kasane doctor' tells what is there.");
  }

  private static String message(FileSystemException failure) {
    String file = failure.getFile() == null ? "a file" : failure.getFile();
    if (failure instanceof NoSuchFileException) {
      return file + ": no such file or folder";
    } else if (failure instanceof AccessDeniedException) {
      return file + ": permission denied";
    } else if (failure instanceof FileAlreadyExistsException) {
      return file + ": exists already";
    } else if (failure instanceof NotDirectoryException) {
      return file + ": not a folder";
    } else if (failure instanceof DirectoryNotEmptyException) {
      return file + ": the folder is not empty";
    } else if (FileFaults.isDiskFull(failure)) {
      return file + ": " + DISK_FULL;
    }
    String reason = failure.getReason();
    return file + ": " + (reason == null ? failure.getClass().getSimpleName() : reason);
  }

  /** The message of an exception, with its type unless the type is said to be about input or output. */
  private static String named(Throwable failure) {
    boolean telling = failure.getClass() == IOException.class || failure instanceof FileNotFoundException;
    String message = failure.getMessage();
    if (message == null) {
      return failure.getClass().getSimpleName();
    }
    return telling ? message : failure.getClass().getSimpleName() + ": " + message;
  }

  private static String outOfHeap() {
    return "out of memory: Java's heap of " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB is full."
        + " Give it more with KASANE_JAVA_OPTS=-Xmx8g, or use smaller pictures.";
  }
}
