/**
 * The demo language model and its world.
 *
 * <p>A few lists of words ({@code world.json}) and a grammar make text without end ({@link
 * dev.kasane.text.demo.WorldText}): products with made-up names, kinds of things, people and their days. {@link
 * dev.kasane.text.demo.DemoLanguageModelTrainer} trains a small Llama on it. It never meets an instruction; {@link
 * dev.kasane.text.demo.DemoInstructions} are what an adapter teaches it to follow, and {@link
 * dev.kasane.text.demo.DemoScore} says how well it does with products it has not met.
 */
package dev.kasane.text.demo;
