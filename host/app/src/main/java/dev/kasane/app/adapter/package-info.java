/**
 * Adapter files as commands use them: which format one is in, how it fits a base, and how it becomes another.
 *
 * <p>{@link dev.kasane.app.adapter.FormatChoice} picks the format by a file's content and refuses what is in
 * none or in two. {@link dev.kasane.app.adapter.AdapterBase} is the layers that a file is compared with: a
 * published base of which only the shapes are known, a checkpoint's, or a live model's. {@link
 * dev.kasane.app.adapter.LoadReport} says what becomes of every key, how strong each layer's update is and,
 * where a file does not fit, what it most likely is ({@link dev.kasane.app.adapter.NearMiss}).
 * {@link dev.kasane.app.adapter.Conversion} takes a file through the neutral model into another format and
 * proves what it wrote by reading it again.
 *
 * <p>Whatever is made of a file, it goes through the same two checks first. What the inspection calls damage is
 * refused ({@link dev.kasane.app.inspect.Integrity}), and every module is restored by its method on a layer without
 * weights: one of the base's shape, or, where no base is known, of the shape that the module's own tensors tell
 * ({@link dev.kasane.app.adapter.AdapterFit}). Loading onto a live model restores in the same way.
 *
 * <p>{@link dev.kasane.app.adapter.AdapterLoading} takes what a user named ({@link
 * dev.kasane.app.adapter.AdapterReference}) through recognition, reading and restoration onto a live model of
 * pictures or text, and refuses it when a part does not fit, unless that part was accepted
 * ({@link dev.kasane.app.adapter.AdapterMisfit}). Learned words, which came along or have a file of their own
 * ({@link dev.kasane.app.adapter.EmbeddingReference}), are gathered by {@link dev.kasane.app.image.PromptWords}.
 */
package dev.kasane.app.adapter;
