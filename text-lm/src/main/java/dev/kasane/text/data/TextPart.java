package dev.kasane.text.data;

/**
 * A stretch of an example's text.
 *
 * @param answer whether it is what the model is to learn to say
 */
public record TextPart(String text, boolean answer) {}
