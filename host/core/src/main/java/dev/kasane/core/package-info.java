/**
 * What every other module and every plugin compiles against; here, the two words that all of it shares.
 *
 * <p>{@link dev.kasane.core.UserException} is a failure that its reader can mend, with a message that is
 * shown as it stands; everything else that is thrown is a fault of the program.
 * {@link dev.kasane.core.NearNames} finds what a mistyped name most likely meant, for those messages.
 *
 * <p>The packages below, each using only those above it:
 *
 * <pre>
 *   files                  files written whole or not at all, whatever ends the process
 *   safetensors, pickle    files as bytes and records; no tensors, nothing in them is ever run
 *   tensor                 libtorch: operators, grad mode, tensors in and out of files
 *   spi                    what a plugin implements: methods, layers, formats, frozen weights
 *   module                 models as trees of layers with named weights
 *   checkpoint, injection  weights onto a model; adapters onto a model and off again
 *   training               the loop, the optimiser, checkpoints of a run
 * </pre>
 *
 * <p>To follow one adapter through it, begin with {@link dev.kasane.core.spi.LayerAdapter}, see
 * {@link dev.kasane.core.module.AdaptableLayer#forward} call it, and
 * {@link dev.kasane.core.injection.Injector} put it there.
 */
package dev.kasane.core;
