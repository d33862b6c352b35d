/**
 * Chat templates: how a conversation becomes the one text that a model was tuned on.
 *
 * <p>Models carry their template as Jinja text written for Python. {@link dev.kasane.text.chat.ChatTemplate}
 * renders it with a Jinja engine of the JVM to which {@code PythonValues} gives the manners of Python's strings,
 * lists and dictionaries, and no way out to Java, files or the network.
 */
package dev.kasane.text.chat;
