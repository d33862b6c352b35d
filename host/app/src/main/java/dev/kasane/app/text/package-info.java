/**
 * What the commands for text share.
 *
 * <p>{@link dev.kasane.app.text.PromptFile} reads prompts of which each names its own.
 * {@link dev.kasane.app.text.DemoTextLocation} knows where the demo language model and its texts lie.
 */
package dev.kasane.app.text;
