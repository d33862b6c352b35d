/**
 * Chat templates: how a conversation becomes the one text that a model was tuned on.
 *
 * <p>Models carry their template as Jinja text written for Python. {@link dev.kasane.text.chat.ChatTemplate}
 * renders it with a Jinja engine of the JVM to which {@code PythonValues} gives the manners of Python's strings,
 * lists and dictionaries, and no way out to Java, files or the network. Templates of strangers are bounded in all
 * that they can make much of: {@code TemplateBounds} before they are parsed, {@code RenderBudget} and
 * {@code ValueWeights} while they run, {@code TextLength} and the engine's own bounds in what they write.
 */
package dev.kasane.text.chat;
