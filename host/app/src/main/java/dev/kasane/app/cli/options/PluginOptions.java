package dev.kasane.app.cli.options;

import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of a command that uses plugins; use it as a mixin. */
public final class PluginOptions {
  @Option(names = "--plugins-dir", paramLabel = "DIR",
      description = "Folder of further plugin jars (default: $KASANE_PLUGINS, or ~/.kasane/plugins).")
  private Path folder;

  /** Starts the plugins; the caller closes the host. */
  public PluginHost start() {
    return PluginHost.start(PluginLocations.standard(folder));
  }
}
