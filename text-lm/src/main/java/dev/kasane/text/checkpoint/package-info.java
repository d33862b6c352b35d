/**
 * A model's folder as Hugging Face lays it out.
 *
 * <p>{@link dev.kasane.text.checkpoint.TextCheckpoint} opens configuration and weights, in one file or several,
 * safetensors or pickles. {@link dev.kasane.text.checkpoint.TextWeights} evens out the habits of files: GPT-2's
 * matrices lie as (in, out) and are turned here, on the way in and out, so that layers and adapters only ever see
 * (out, in); the first word of names may be missing; a tied head may be stored twice or not at all. What is missing
 * or left over after that is an error that lists it.
 */
package dev.kasane.text.checkpoint;
