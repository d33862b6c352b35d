package dev.kasane.text.model;

import ai.djl.ndarray.NDArray;

/**
 * What a layer gets beside the tokens.
 *
 * @param cosines (batch, 1, tokens, rotary width), or nothing without rotary positions
 * @param sines the same
 * @param mask which query sees which key, (batch, 1, queries, keys), or nothing for every key up to the query
 */
record LayerInput(NDArray cosines, NDArray sines, NDArray mask) {}
