/**
 * The one door to the terminal. Whatever is printed, by commands, libraries or the virtual machine, leaves through
 * {@link dev.kasane.app.terminal.MessageWriter} or {@link dev.kasane.app.terminal.MessageStream}, which write
 * out what would steer the terminal ({@link dev.kasane.core.VisibleText}): a key, a caption or a file's name can neither
 * move the cursor nor reorder letters, and none can forge a line, since what is printed as a line stays one.
 *
 * <p>{@link dev.kasane.app.terminal.Progress} shows how far a long task has come: on a terminal a bar that redraws
 * itself; where output goes to a file or a pipe, control characters would only litter it, so a plain line appears every
 * few seconds instead.
 *
 * <p>Kasane's own colours and progress bars take another way, beneath the door; no stranger's text goes there that has
 * not been made visible before. What a model writes is content: it goes into files and pipes as it is.
 */
package dev.kasane.app.terminal;
