package dev.kasane.text.model;

/**
 * The shape of one layer's attention, as the operators take it.
 *
 * @param layout how queries, keys and values are projected
 * @param heads heads of queries
 * @param keyValueHeads heads of keys and values
 * @param scale factor of the scores
 * @param softCap scores become cap·tanh(score/cap); 0 for no cap
 */
record AttentionShape(AttentionConfig.Layout layout, int heads, int keyValueHeads, double scale, double softCap) {}
