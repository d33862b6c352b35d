package dev.kasane.app.plugins;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.DefaultPluginManager;
import org.pf4j.JarPluginLoader;
import org.pf4j.ManifestPluginDescriptorFinder;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginManager;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;

/** PF4J's manager, taught to load jars one by one, to throw, and to share the host's packages. */
final class HostPluginManager extends DefaultPluginManager {
  /** Packages whose classes cross the border between host and plugin. */
  private static final Set<String> SHARED =
      Set.of("dev.kasane.core.", "ai.djl.", "org.pf4j.", "org.slf4j.", "com.fasterxml.jackson.");

  HostPluginManager(String hostVersion) {
    super(List.of());
    setSystemVersion(hostVersion);
  }

  /** Whether a class comes from the host even if a plugin has its own copy. */
  static boolean isShared(String className) {
    return SHARED.stream().anyMatch(className::startsWith);
  }

  /** Reads a jar's manifest. */
  PluginDescriptor describe(Path jar) {
    return getPluginDescriptorFinder().find(jar);
  }

  /** Loads one jar; unlike {@link #loadPlugins} it throws what goes wrong. */
  PluginWrapper load(Path jar) {
    return loadPluginFromPath(jar);
  }

  /** Checks dependencies between the loaded plugins. */
  void resolve() {
    resolvePlugins();
  }

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return new ManifestPluginDescriptorFinder();
  }

  @Override
  protected PluginFactory createPluginFactory() {
    return new StrictPluginFactory();
  }

  @Override
  protected PluginStatusProvider createPluginStatusProvider() {
    return new NothingDisabled();
  }

  @Override
  protected PluginLoader createPluginLoader() {
    return new JarPluginLoader(this) {
      @Override
      public ClassLoader loadPlugin(Path jar, PluginDescriptor descriptor) {
        PluginClassLoader loader = new SharingClassLoader(pluginManager, descriptor);
        loader.addFile(jar.toFile());
        return loader;
      }
    };
  }

  private static final class SharingClassLoader extends PluginClassLoader {
    SharingClassLoader(PluginManager manager, PluginDescriptor descriptor) {
      super(manager, descriptor, HostPluginManager.class.getClassLoader(), ClassLoadingStrategy.PDA);
    }

    @Override
    protected boolean shouldDelegateToParent(String className) {
      return isShared(className);
    }
  }

  /** A jar that should not run is removed; a list of disabled plugins would only hide it. */
  private static final class NothingDisabled implements PluginStatusProvider {
    @Override
    public boolean isPluginDisabled(String pluginId) {
      return false;
    }

    @Override
    public void disablePlugin(String pluginId) {
      throw new UnsupportedOperationException("Kasane keeps no list of disabled plugins");
    }

    @Override
    public void enablePlugin(String pluginId) {
      throw new UnsupportedOperationException("Kasane keeps no list of disabled plugins");
    }
  }
}
