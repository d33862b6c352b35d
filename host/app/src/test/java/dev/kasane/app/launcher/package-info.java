/**
 * The built distribution as a user meets it: each test starts {@code kasane} as a process of its own.
 *
 * <p>{@link dev.kasane.app.launcher.KasaneProcess} runs the launcher with a clean environment and an empty
 * home. These are integration tests ({@code *IT}): Maven runs them in its verify phase, when the
 * distribution has been packed. {@link dev.kasane.app.launcher.PluginArchivesIT} opens the plugin jars
 * themselves and shows that no copy of the host or of its libraries is inside.
 */
package dev.kasane.app.launcher;
