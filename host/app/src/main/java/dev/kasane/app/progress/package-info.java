/**
 * Progress of long tasks, on standard error.
 *
 * <p>On a terminal it is a bar that redraws itself. Where output goes to a file or a pipe, control
 * characters would only litter it, so a plain line appears every few seconds instead.
 */
package dev.kasane.app.progress;
