/**
 * What every other module and every plugin compiles against; here, the few words that all of it shares.
 *
 * <p>{@link dev.kasane.core.UserException} is a failure that its reader can mend; everything else that is thrown is a
 * fault of the program. Its message and every other text for people names what can be set or done in guillemets,
 * {@code «batch size»}, for whoever shows it to say in his own words. {@link dev.kasane.core.Ranges} refuses what is out
 * of its range. For messages
 * {@link dev.kasane.core.NearNames} and {@link dev.kasane.core.FewNearNames} find what a mistyped name most likely
 * meant, {@link dev.kasane.core.VisibleText} shows what a stranger's file says without letting it steer a terminal, and
 * {@link dev.kasane.core.JsonFault} says what is wrong with JSON. What such a file may ask for has bounds:
 * {@link dev.kasane.core.BoundedPattern} and {@link dev.kasane.core.CountedText} for its regular expressions,
 * {@link dev.kasane.core.ModelSize} for the model that it describes. {@link dev.kasane.core.Json} has the ways to read
 * and write JSON; {@link dev.kasane.core.ModelConfig} reads a model's {@code config.json} strictly, and
 * {@link dev.kasane.core.JsonFiles} the files that come with a model; it is the only one here that uses a package below.
 *
 * <p>The packages below, each using only those above it:
 *
 * <pre>
 *   files                  files written whole or not at all, whatever ends the process; files read within bounds
 *   parallel               threads that work side by side
 *   natives                native libraries, from the class path into a folder of the user's own
 *   safetensors, pickle    files as bytes and records; no tensors, nothing in them is ever run
 *   tokenizer              what the tokenisers of all families share: files, bytes, merges
 *   tensor                 libtorch: operators, grad mode, tensors in and out of files
 *   spi                    what a plugin implements: methods, layers, formats, frozen weights
 *   lowrank                products of narrow matrices: factors, their saved forms, magnitudes
 *   module                 models as trees of layers with named weights
 *   checkpoint, injection  weights onto a model; adapters onto a model and off again
 *   algebra                adapters mixed, resized, extracted and merged into files, and what came of it checked
 *   training               the loop, the optimiser, checkpoints of a run
 *   family                 what a family of base models answers: whose a model is, its parts, its training
 * </pre>
 *
 * <p>To follow one adapter through it, begin with {@link dev.kasane.core.spi.LayerAdapter}, see
 * {@link dev.kasane.core.module.AdaptableLayer#forward} call it, and
 * {@link dev.kasane.core.injection.Injector} put it there.
 */
package dev.kasane.core;
