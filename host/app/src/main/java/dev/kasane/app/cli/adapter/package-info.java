/**
 * The commands that work on adapter files: looking into them, converting, merging, mixing, extracting, resizing, and
 * counting what one would train. Each takes its options and leaves the work to {@code app.inspect},
 * {@code app.adapter}, {@code app.algebra} and {@code app.params}.
 */
package dev.kasane.app.cli.adapter;
