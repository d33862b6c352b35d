/**
 * What commands of several kinds share: options that come as mixins, and the words that stand on a command line.
 *
 * <p>{@link dev.kasane.app.cli.options.Words} turns a word into the value that it means, or says which words there
 * are; a mixin hands its values on and keeps no order of work.
 */
package dev.kasane.app.cli.options;
