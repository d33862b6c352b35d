/**
 * Plugins made for a test: {@link dev.kasane.app.testing.SourceCompiler} compiles sources in memory and
 * {@link dev.kasane.app.testing.PluginJar} packs them as a plugin's own build does, or with one thing wrong.
 */
package dev.kasane.app.testing;
