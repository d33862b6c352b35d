/** The options of {@code kasane generate image} and {@code kasane generate text}. */
package dev.kasane.app.cli.generate;
