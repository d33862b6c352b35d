package dev.kasane.quant.cpu;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;

/** Loads the classes that need the Vector API, where the virtual machine offers it. */
final class VectorApi {
  private static final String MODULE = "jdk.incubator.vector";
  /** Bits. */
  private static final int[] WIDTHS = {512, 256};

  private VectorApi() {}

  /**
   * An instance for each width of registers that this machine has, the widest first.
   *
   * @param kind the end of the classes' names, after "Vector" and the width
   * @param refusals takes the reason for each that there is not
   */
  static <T> List<T> load(String kind, Class<T> type, List<String> refusals) {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      refusals.add("Vector API: Java was started without it; --add-modules " + MODULE + " gives it");
      return List.of();
    }
    List<T> found = new ArrayList<>();
    for (int width : WIDTHS) {
      String name = VectorApi.class.getPackageName() + ".Vector" + width + kind;
      try {
        found.add(type.cast(Class.forName(name).getDeclaredConstructor().newInstance()));
      } catch (InvocationTargetException e) {
        refusals.add("Vector API: " + e.getCause().getMessage());
      } catch (ReflectiveOperationException | LinkageError e) {
        refusals.add("Vector API: " + e);
      }
    }
    return found;
  }
}
