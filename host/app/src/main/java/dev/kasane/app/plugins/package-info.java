/**
 * The PF4J host: loads plugins from disk and answers for every one of them.
 *
 * <p>A plugin is a jar whose manifest has {@code Plugin-Id} and {@code Plugin-Version} and whose
 * {@code META-INF/extensions.idx} lists its extensions, as PF4J's annotation processor writes it. Jars are
 * taken from the distribution's {@code plugins} folder and from one folder of the user.
 *
 * <p>PF4J by itself logs a plugin that fails and goes on without it, and a run that was asked for a method
 * would then find it missing for no visible reason. So {@link dev.kasane.app.plugins.PluginHost} compares
 * what it found with what started, and throws with the file, the cause and what to do. There are no
 * half-loaded hosts.
 *
 * <p>PF4J looks into the plugin before the host. For everything that crosses the border between the two,
 * the packages of the SPI, the engine and the loggers, this is turned round: a second copy in a plugin's
 * jar would be a different class of the same name.
 */
package dev.kasane.app.plugins;
