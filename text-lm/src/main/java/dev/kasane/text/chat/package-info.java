/**
 * Chat templates: how a conversation becomes the one text that a model was tuned on.
 *
 * <p>Models carry their template as Jinja text written for Python. {@link dev.kasane.text.chat.ChatTemplate} renders
 * it with the interpreter of {@code dev.kasane.text.jinja}, which gives it Python's values and no way out to Java,
 * files or the network.
 */
package dev.kasane.text.chat;
