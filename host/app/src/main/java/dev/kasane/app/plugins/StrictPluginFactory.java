package dev.kasane.app.plugins;

import java.lang.reflect.Constructor;
import org.pf4j.Plugin;
import org.pf4j.PluginFactory;
import org.pf4j.PluginRuntimeException;
import org.pf4j.PluginWrapper;

/** Makes a plugin's {@code Plugin-Class}; throws where PF4J's own factory logs and returns null. */
final class StrictPluginFactory implements PluginFactory {
  @Override
  public Plugin create(PluginWrapper wrapper) {
    String name = wrapper.getDescriptor().getPluginClass();
    try {
      Class<?> type = wrapper.getPluginClassLoader().loadClass(name);
      return (Plugin) construct(type, wrapper);
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new PluginRuntimeException(e, "its Plugin-Class {} cannot be made", name);
    }
  }

  private static Object construct(Class<?> type, PluginWrapper wrapper) throws ReflectiveOperationException {
    for (Constructor<?> constructor : type.getConstructors()) {
      if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == PluginWrapper.class) {
        return constructor.newInstance(wrapper);
      }
    }
    return type.getConstructor().newInstance();
  }
}
