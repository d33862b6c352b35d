package dev.kasane.app.cli;

import dev.kasane.app.plugins.LoadedPlugin;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterOption;
import java.util.List;
import java.util.Locale;

/** What {@code kasane plugins list} tells about one plugin; its shape is that of the JSON. */
record PluginListing(
    String id, String version, String provider, String description, String file, List<String> extensionPoints,
    List<Method> methods, List<Format> formats) {

  /** An adapter method of the plugin. */
  record Method(String id, String description, List<Option> options) {
    static Method of(AdapterMethod method) {
      return new Method(method.id(), method.description(),
          method.options().stream().map(Option::of).toList());
    }
  }

  /** An option of a method. */
  record Option(String name, String type, String defaultValue, String description) {
    static Option of(AdapterOption option) {
      return new Option(option.name(), option.type().name().toLowerCase(Locale.ROOT), option.defaultValue(),
          option.description());
    }
  }

  /** A file format of the plugin. */
  record Format(String id, String description) {
    static Format of(AdapterFormat format) {
      return new Format(format.id(), format.description());
    }
  }

  static PluginListing of(LoadedPlugin plugin) {
    return new PluginListing(plugin.id(), plugin.version(), plugin.provider(), plugin.description(),
        plugin.file().toString(), plugin.extensionPoints(),
        plugin.extensions().stream().filter(AdapterMethod.class::isInstance).map(AdapterMethod.class::cast)
            .map(Method::of).toList(),
        plugin.extensions().stream().filter(AdapterFormat.class::isInstance).map(AdapterFormat.class::cast)
            .map(Format::of).toList());
  }
}
