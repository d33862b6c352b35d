/**
 * The language model beside transformers and PEFT: training and generating, one process a side.
 *
 * <p>{@link dev.kasane.bench.text.LanguageModelBenchmark} measures this side, {@code peer_language_model.py} the
 * other, by one protocol and from one configuration; {@code run-language-model.sh} runs them in turn.
 */
package dev.kasane.bench.text;
