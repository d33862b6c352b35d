/**
 * The program around the engine: what a person at a shell meets.
 *
 * <p>{@link dev.kasane.app.cli} parses the command line and turns every failure into one line and an exit
 * code. {@link dev.kasane.app.plugins} loads adapter methods and file formats from disk; none of them is on
 * the application's own class path. {@link dev.kasane.app.recipe} lets any command's options come from a
 * YAML file and go back into one. {@link dev.kasane.app.terminal} is the one door to the terminal.
 * {@link dev.kasane.app.Doctor} examines the machine; {@link dev.kasane.app.gpu} puts libtorch for its GPU in place.
 *
 * <p>Commands that need no tensors start no engine: the classes of libtorch, PF4J and Jackson are touched
 * only by the commands that use them, so that {@code kasane --help} answers at once.
 */
package dev.kasane.app;
