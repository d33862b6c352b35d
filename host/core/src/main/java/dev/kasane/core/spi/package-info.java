/**
 * What a plugin implements, and all that it needs to know of a model.
 *
 * <p>There are two extension points. An {@link dev.kasane.core.spi.AdapterMethod}, such as LoRA, has
 * options, makes a fresh {@link dev.kasane.core.spi.LayerAdapter} for a layer and restores a saved one. An
 * {@link dev.kasane.core.spi.AdapterFormat}, such as kohya's files, turns a file into an
 * {@link dev.kasane.core.spi.AdapterModel} and back. Neither knows the other: between them stand the
 * names of tensors relative to a layer. A method may also tell the shape of the layer that saved tensors are for;
 * then a file can be checked whose base model is not known.
 *
 * <pre>
 *   file ── AdapterFormat ── AdapterModel: layer path → tensors, constants
 *                                  │
 *                            AdapterMethod.restore ── LayerAdapter on a TargetLayer
 *   options ── AdapterMethod.prepare ── PreparedMethod.attach ──┘
 * </pre>
 *
 * <p>Both describe themselves, so that a file can be told from its header: a format takes keys apart
 * ({@link dev.kasane.core.spi.AdapterKey}) and says what metadata and side files mean
 * ({@link dev.kasane.core.spi.HeaderFacts}), a method says what the shapes of a module tell
 * ({@link dev.kasane.core.spi.ModuleFacts}). How an adapter was trained is a
 * {@link dev.kasane.core.spi.TrainingRecord}, of which each format says what its files have a place for.
 *
 * <p>Begin with {@link dev.kasane.core.spi.LayerAdapter}. Its one promise is that live use, merging and
 * saving mean the same update: what {@code forward} adds is the layer's operation with {@code weightDelta}
 * in place of its weight. An adapter knows its layer, and a method reads its options once, before any layer. The
 * contracts of {@code dev.kasane.testkit} hold every method to it, and a whole
 * method in one short file is {@code OutputScaling} among that module's tests. A layer that runs sees no more of an
 * adapter than its {@link dev.kasane.core.spi.LiveUpdate}, and what merges, mixes and converts no more than its
 * {@link dev.kasane.core.spi.LayerDelta}.
 *
 * <p>A method sees a layer as a {@link dev.kasane.core.spi.TargetLayer} and its weight as a
 * {@link dev.kasane.core.spi.FrozenWeight}, so that it works on any model and any storage. Users' mistakes
 * are thrown as {@link dev.kasane.core.UserException}; {@link dev.kasane.core.spi.AdapterOptions} throws
 * the usual ones.
 */
package dev.kasane.core.spi;
