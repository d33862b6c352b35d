/**
 * The command line: its frame, and the commands that are about no adapter.
 *
 * <p>{@link dev.kasane.app.cli.CommandRunner} is the frame around every command: it works in recipes, and it
 * is the one place where a failure becomes a message and an exit code. Commands do their work and throw;
 * none of them calls {@code System.exit} or prints a stack trace. No class below knows an option: a text names a thing in
 * guillemets, and {@code CommandWords} says the option of the command that runs, or the key of a recipe that set it.
 *
 * <p>The other commands live by what they are about: {@link dev.kasane.app.cli.train},
 * {@link dev.kasane.app.cli.generate} and {@link dev.kasane.app.cli.adapter}. None of the three sees another;
 * what they share is in {@link dev.kasane.app.cli.options}.
 *
 * <p>Exit codes: 0 for success; 1 when the work failed; 2 when the command line was wrong; 130 after Ctrl-C,
 * which the virtual machine sets itself. Results go to standard output, everything else to standard error.
 */
package dev.kasane.app.cli;
