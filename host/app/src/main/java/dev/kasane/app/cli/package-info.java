/**
 * The command line.
 *
 * <p>{@link dev.kasane.app.cli.CommandRunner} is the frame around every command: it works in recipes, and it
 * is the one place where a failure becomes a message and an exit code. Commands do their work and throw;
 * none of them calls {@code System.exit} or prints a stack trace.
 *
 * <p>Exit codes: 0 for success; 1 when the work failed; 2 when the command line was wrong; 130 after Ctrl-C,
 * which the virtual machine sets itself. Results go to standard output, everything else to standard error.
 */
package dev.kasane.app.cli;
