package dev.kasane.app.plugins;

import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.pf4j.ExtensionPoint;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginRuntimeException;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;

/** Takes plugin jars through load, resolve, start and extension, and keeps account of each. */
final class PluginStarter {
  private final HostPluginManager manager;
  private final PluginProblems problems = new PluginProblems();
  private final Map<String, Path> wanted = new LinkedHashMap<>();

  PluginStarter(HostPluginManager manager) {
    this.manager = manager;
  }

  /**
   * @return the plugins, all of them started
   * @throws UserException naming every jar of which this is not true
   */
  List<LoadedPlugin> start(List<Path> jars) {
    jars.forEach(this::load);
    problems.throwIfAny();
    resolve();
    manager.startPlugins();
    wanted.forEach(this::checkStarted);
    problems.throwIfAny();
    List<LoadedPlugin> started =
        wanted.keySet().stream().map(manager::getPlugin).map(this::describe).toList();
    problems.throwIfAny();
    return started;
  }

  private void load(Path jar) {
    PluginDescriptor descriptor = readManifest(jar);
    if (descriptor == null) {
      return;
    }
    String id = descriptor.getPluginId();
    Path other = wanted.putIfAbsent(id, jar);
    if (other != null) {
      problems.add(
          "Plugin '" + id + "' is there twice: " + other + " and " + jar + ". Remove one of them.", null);
      return;
    }
    try {
      manager.load(jar);
    } catch (PluginRuntimeException e) {
      problems.failed(id, jar, e);
    }
  }

  private PluginDescriptor readManifest(Path jar) {
    try {
      PluginDescriptor descriptor = manager.describe(jar);
      if (isBlank(descriptor.getPluginId()) || isBlank(descriptor.getVersion())) {
        problems.add(jar + " is not a Kasane plugin: its manifest lacks Plugin-Id or Plugin-Version."
            + " Plugin folders hold plugins only; move other jars elsewhere.", null);
        return null;
      }
      return descriptor;
    } catch (PluginRuntimeException | NullPointerException e) {
      // PF4J runs into null for a jar without any manifest.
      problems.unreadable(jar, e);
      return null;
    }
  }

  private static boolean isBlank(String text) {
    return text == null || text.isBlank();
  }

  private void resolve() {
    try {
      manager.resolve();
    } catch (PluginRuntimeException e) {
      throw new UserException("The plugins' dependencies on one another do not hold: " + e.getMessage()
          + ". Add the missing plugin, or remove the one that needs it.", e);
    }
  }

  private void checkStarted(String id, Path jar) {
    PluginWrapper wrapper = manager.getPlugin(id);
    if (wrapper.getPluginState() == PluginState.STARTED) {
      return;
    }
    if (wrapper.getPluginState() == PluginState.DISABLED) {
      problems.add("Plugin '" + id + "' (" + jar + ") needs Kasane " + wrapper.getDescriptor().getRequires()
          + " or newer; this is " + manager.getSystemVersion()
          + ". Update Kasane or take an older plugin.", null);
    } else {
      Throwable cause = wrapper.getFailedException();
      problems.failed(id, jar, cause == null ? new PluginRuntimeException("it has not been started") : cause);
    }
  }

  private LoadedPlugin describe(PluginWrapper wrapper) {
    PluginDescriptor descriptor = wrapper.getDescriptor();
    List<ExtensionPoint> extensions = new ArrayList<>();
    Set<String> names = new TreeSet<>(manager.getExtensionClassNames(wrapper.getPluginId()));
    for (String name : names) {
      try {
        extensions.add(extension(wrapper, name));
      } catch (PluginRuntimeException | ReflectiveOperationException | LinkageError e) {
        problems.failed(wrapper.getPluginId(), wrapper.getPluginPath(), e);
      }
    }
    if (names.isEmpty()) {
      problems.add("Plugin '" + wrapper.getPluginId() + "' (" + wrapper.getPluginPath() + ") adds nothing:"
          + " its META-INF/extensions.idx is missing or empty."
          + " Build it with PF4J's annotation processor.", null);
    }
    return new LoadedPlugin(descriptor.getPluginId(), descriptor.getVersion(), descriptor.getProvider(),
        descriptor.getPluginDescription(), wrapper.getPluginPath(), List.copyOf(extensions));
  }

  private ExtensionPoint extension(PluginWrapper wrapper, String name) throws ReflectiveOperationException {
    Class<?> type = wrapper.getPluginClassLoader().loadClass(name);
    boolean known =
        LoadedPlugin.pointsOf(type).stream().map(Class::getName).anyMatch(HostPluginManager::isShared);
    if (!known) {
      throw new PluginRuntimeException("{} serves no extension point of Kasane", name);
    }
    return (ExtensionPoint) manager.getExtensionFactory().create(type);
  }
}
