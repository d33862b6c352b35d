package dev.kasane.quant.cpu;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Optional;

/** Loads the classes that need the Vector API, where the virtual machine offers it. */
final class VectorApi {
  private static final String MODULE = "jdk.incubator.vector";

  private VectorApi() {}

  /**
   * An instance of a class by its name.
   *
   * @param refusals takes the reason where there is none
   */
  static <T> Optional<T> load(String name, Class<T> type, List<String> refusals) {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      refusals.add("Vector API: Java was started without it; --add-modules " + MODULE + " gives it");
      return Optional.empty();
    }
    try {
      return Optional.of(type.cast(Class.forName(name).getDeclaredConstructor().newInstance()));
    } catch (InvocationTargetException e) {
      refusals.add("Vector API: " + e.getCause().getMessage());
    } catch (ReflectiveOperationException | LinkageError e) {
      refusals.add("Vector API: " + e);
    }
    return Optional.empty();
  }
}
