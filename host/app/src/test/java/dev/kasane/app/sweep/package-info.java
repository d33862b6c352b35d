/**
 * A sweep of damaged adapter files through everything that takes one: inspection, conversion to every format, mixing
 * by every method, resizing, attaching and a training step.
 *
 * <p>{@link dev.kasane.app.sweep.Originals} makes small sound files of every method and format;
 * {@link dev.kasane.app.sweep.Damage} damages them in many ways, from single bytes to tensors whose shapes are odd but
 * agree with the header; {@link dev.kasane.app.sweep.Trial} takes one through the program; and
 * {@link dev.kasane.app.sweep.AdapterSweep} counts, keeps the files that go wrong, and has a {@code main} for long
 * runs.
 */
package dev.kasane.app.sweep;
