package dev.kasane.text.model;

/**
 * The shape of a decoder's feed-forward layers.
 *
 * @param width width inside
 * @param activation function inside
 * @param gated whether it is down(activation(gate(x))·up(x)) rather than down(activation(up(x)))
 * @param bias whether its layers have biases
 */
public record FeedForwardConfig(int width, Activation activation, boolean gated, boolean bias) {}
