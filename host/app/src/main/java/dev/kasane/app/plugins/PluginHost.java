package dev.kasane.app.plugins;

import dev.kasane.app.Suggestions;
import dev.kasane.app.Version;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterMethod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.pf4j.ExtensionPoint;

/**
 * The plugins of one run, all of them started.
 *
 * <p>What a plugin hands out stays valid until the host is closed.
 */
public final class PluginHost implements AutoCloseable {
  private final HostPluginManager manager;
  private final List<LoadedPlugin> plugins;

  private PluginHost(HostPluginManager manager, List<LoadedPlugin> plugins) {
    this.manager = manager;
    this.plugins = plugins;
  }

  /**
   * Loads and starts every plugin in these places.
   *
   * @throws UserException when a jar is broken, an id is there twice, a plugin needs another version or
   *     fails to start, or two plugins offer the same method or format; it names the files and the causes
   */
  public static PluginHost start(PluginLocations locations) {
    HostPluginManager manager = new HostPluginManager(Version.current().kasane());
    try {
      PluginHost host = new PluginHost(manager, new PluginStarter(manager).start(locations.jars()));
      host.checkUnique(AdapterMethod.class, "method", AdapterMethod::id);
      host.checkUnique(AdapterFormat.class, "format", AdapterFormat::id);
      return host;
    } catch (UserException e) {
      manager.unloadPlugins();
      throw e;
    }
  }

  /** The plugins in the order in which they were found. */
  public List<LoadedPlugin> plugins() {
    return plugins;
  }

  /** All adapter methods. */
  public List<AdapterMethod> methods() {
    return extensions(AdapterMethod.class);
  }

  /**
   * Returns an adapter method.
   *
   * @throws UserException when no plugin has it, with the nearest name
   */
  public AdapterMethod method(String id) {
    return find(methods(), AdapterMethod::id, id, "adapter method");
  }

  /** All adapter file formats. */
  public List<AdapterFormat> formats() {
    return extensions(AdapterFormat.class);
  }

  /**
   * Returns an adapter file format.
   *
   * @throws UserException when no plugin has it, with the nearest name
   */
  public AdapterFormat format(String id) {
    return find(formats(), AdapterFormat::id, id, "adapter format");
  }

  /** All extensions that serve an extension point. */
  public <T extends ExtensionPoint> List<T> extensions(Class<T> point) {
    return plugins.stream().flatMap(plugin -> plugin.extensions().stream())
        .filter(point::isInstance).map(point::cast).toList();
  }

  private static <T> T find(List<T> all, Function<T, String> name, String wanted, String what) {
    return all.stream().filter(each -> name.apply(each).equals(wanted)).findFirst()
        .orElseThrow(() -> new UserException("No plugin provides the " + what + " '" + wanted + "'. "
            + Suggestions.hint(wanted, all.stream().map(name).toList())
            + " «plugins list» shows what is installed."));
  }

  private <T extends ExtensionPoint> void checkUnique(Class<T> point, String what, Function<T, String> name) {
    Map<String, LoadedPlugin> owners = new HashMap<>();
    for (LoadedPlugin plugin : plugins) {
      plugin.extensions().stream().filter(point::isInstance).map(point::cast).map(name).forEach(id -> {
        LoadedPlugin other = owners.putIfAbsent(id, plugin);
        if (other != null) {
          throw new UserException("The " + what + " '" + id + "' is offered twice, by " + other.file()
              + " and by " + plugin.file() + ". Remove one of them.");
        }
      });
    }
  }

  /** Stops the plugins and closes their jars. */
  @Override
  public void close() {
    // Unloading stops them as well; PF4J's own stopPlugins trips over the list that it changes.
    manager.unloadPlugins();
  }
}
