package dev.kasane.app.inspect;

import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Asks the distribution's own plugins. */
final class Installed {
  static final PluginHost PLUGINS = PluginHost.start(new PluginLocations(
      List.of(Path.of(System.getProperty("kasane.root"), "host/app/target/kasane/plugins"))));

  private Installed() {}

  static FileInspection inspect(Path file) throws IOException {
    return inspect(file, Depth.BY_SIZE);
  }

  static FileInspection inspect(Path file, Depth depth) throws IOException {
    return new Inspector(PLUGINS.formats(), PLUGINS.methods()).inspect(file, depth);
  }
}
