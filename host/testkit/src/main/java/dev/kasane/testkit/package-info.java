/**
 * What every plugin has to hold to, as JUnit 5 tests to extend.
 *
 * <p>{@link dev.kasane.testkit.AdapterMethodContract} is for adapter methods and
 * {@link dev.kasane.testkit.AdapterFormatContract} for file formats. A plugin's test extends one of them
 * and says what it tests, no more; what is special about the plugin goes into tests of its own. Each
 * contract has negative controls: an adapter that does nothing and a format that takes everything fail.
 */
package dev.kasane.testkit;
