/** What the commands for text share: where the demo language model and its texts lie. */
package dev.kasane.app.text;
