/**
 * The arrows between the modules, held by ArchUnit.
 *
 * <p>{@link dev.kasane.app.architecture.Rules} has the rules, {@link dev.kasane.app.architecture.Seeds} one
 * violator for each. A rule whose target is misspelt passes in silence, so a rule counts only once it has
 * been seen to fail.
 */
package dev.kasane.app.architecture;
