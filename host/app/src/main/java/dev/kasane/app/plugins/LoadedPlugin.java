package dev.kasane.app.plugins;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pf4j.ExtensionPoint;

/**
 * A plugin that started.
 *
 * @param id its id, unique in the host
 * @param provider who made it
 * @param description one sentence about it
 * @param file the jar that it came from
 * @param extensions what it adds
 */
public record LoadedPlugin(
    String id, String version, String provider, String description, Path file,
    List<ExtensionPoint> extensions) {
  /** The simple names of the extension points that the plugin serves, sorted. */
  public List<String> extensionPoints() {
    return extensions.stream()
        .flatMap(extension -> pointsOf(extension.getClass()).stream())
        .map(Class::getSimpleName).distinct().sorted().toList();
  }

  /** The extension points that a class serves, its own and inherited: interfaces below PF4J's marker. */
  static Set<Class<?>> pointsOf(Class<?> type) {
    Set<Class<?>> points = new LinkedHashSet<>();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      Arrays.stream(each.getInterfaces()).forEach(direct -> collect(direct, points));
    }
    return points;
  }

  private static void collect(Class<?> candidate, Set<Class<?>> points) {
    if (candidate != ExtensionPoint.class && ExtensionPoint.class.isAssignableFrom(candidate)) {
      points.add(candidate);
      Arrays.stream(candidate.getInterfaces()).forEach(parent -> collect(parent, points));
    }
  }
}
