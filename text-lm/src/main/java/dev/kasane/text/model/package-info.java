/**
 * One decoder for all families.
 *
 * <pre>
 *   ids → embedding (+ learned positions) → layer 0 … layer n → norm → head → scores
 *                                            │
 *              attention and feed-forward, each with norms before, after, around it, or side by side
 * </pre>
 *
 * <p>A {@link dev.kasane.text.model.DecoderConfig} says everything that tells families apart as data: how heads
 * are laid out, which norm stands where, how positions are told, what is capped. Its
 * {@link dev.kasane.text.model.DecoderNames} is a table of paths, and the modules are placed in the tree by these
 * paths, so adapters and checkpoints find Hugging Face's names ({@code model.layers.0.self_attn.q_proj}) though
 * one class serves all.
 *
 * <p>A pass takes a {@link dev.kasane.text.model.TokenBatch}, whose tokens belong to segments: padding is segment
 * 0, and tokens see their own segment only. So padding on either side and several texts packed in a row are the
 * same thing, and most passes need no mask at all. Without a cache the model is a chain of
 * {@link dev.kasane.core.module.Segment}s for training in pieces. With a
 * {@link dev.kasane.text.model.KeyValueCache} it reads on where it stopped; a layer with a sliding window keeps
 * two windows' worth of keys, whatever the text's length.
 *
 * <p>The arithmetic between the linear layers is a few operators of {@code text.ts.py}, each one call across to
 * libtorch: rotation, cache and fused attention together, the gate of the feed-forward, the masks. When one text goes
 * on by one token, a whole layer is one such call, as long as its projections are dense and its adapters products of
 * two matrices ({@code TokenLayer}).
 */
package dev.kasane.text.model;
