/** The options of {@code kasane train image} and {@code kasane train text}. */
package dev.kasane.app.cli.train;
