package dev.kasane.core.injection;

import dev.kasane.core.NearNames;
import dev.kasane.core.VisibleText;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.TargetLayer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Tells what keeps a module from being that of the method to which it comes nearest.
 *
 * @param methods the methods that did not take it
 * @param layer the layer that it is for
 * @param module what a file says of the layer
 */
record Refusal(List<AdapterMethod> methods, TargetLayer layer, AdapterModule module) {
  /** A clause. */
  String reason() {
    if (module.tensors().isEmpty()) {
      return "there is no tensor beside " + names(module.constants().keySet()) + ", which alone changes nothing";
    }
    List<AdapterMethod> nearest = nearest();
    if (nearest.isEmpty()) {
      Set<String> names = module.tensors().keySet();
      return "no loaded method knows " + names(names) + near(names) + "; loaded are " + ids(methods);
    }
    Set<String> strange = new TreeSet<>(module.parameters());
    strange.removeAll(nearest.get(0).parameters());
    return strange.isEmpty() ? ofKnown(nearest) : ofStrange(nearest.get(0), strange);
  }

  /** The methods that know the most of the module's parameters. */
  private List<AdapterMethod> nearest() {
    long most = methods.stream().mapToLong(this::known).max().orElse(0);
    return most == 0 ? List.of() : methods.stream().filter(method -> known(method) == most).toList();
  }

  private long known(AdapterMethod method) {
    return module.tensors().keySet().stream().filter(method.parameters()::contains).count();
  }

  /** All names are known: then it is the layer, what is missing, or the shapes. */
  private String ofKnown(List<AdapterMethod> nearest) {
    List<AdapterMethod> able = nearest.stream()
        .filter(method -> layer.kind().isProduct() || method.supports(layer)).toList();
    if (able.isEmpty()) {
      return names(module.parameters()) + " are of " + ids(nearest) + ", which does not adapt a layer of the kind "
          + layer.kind().word();
    }
    Set<String> missing = new TreeSet<>(able.get(0).parameters());
    missing.removeAll(module.parameters());
    return "they are of " + ids(able) + ", but not of the shapes that it has there, or not without others of "
        + names(missing) + ": " + shapes();
  }

  private String ofStrange(AdapterMethod nearest, Set<String> strange) {
    List<String> others = methods.stream().filter(method -> method != nearest)
        .filter(method -> method.parameters().stream().anyMatch(strange::contains))
        .map(AdapterMethod::id).toList();
    return "it is of " + nearest.id() + " but for " + names(strange) + ", which " + nearest.id() + " does not know"
        + (others.isEmpty() ? near(strange) : " (" + String.join(", ", others)
            + " knows it, and a layer is adapted by one method alone)");
  }

  /** The name that was most likely meant, where one is near. */
  private String near(Collection<String> strange) {
    Set<String> known = methods.stream().flatMap(method -> method.parameters().stream()).collect(Collectors.toSet());
    List<String> near = new ArrayList<>();
    for (String name : strange) {
      NearNames.closest(name, known).ifPresent(near::add);
    }
    return near.isEmpty() ? "" : "; the nearest that one knows is " + near.get(0);
  }

  private String shapes() {
    return module.tensors().entrySet().stream().sorted(Map.Entry.comparingByKey())
        .map(each -> VisibleText.shortened(each.getKey()) + " " + each.getValue().getShape())
        .collect(Collectors.joining(", "));
  }

  private static String ids(List<AdapterMethod> methods) {
    return methods.stream().map(AdapterMethod::id).collect(Collectors.joining(", "));
  }

  private static String names(Collection<String> names) {
    return names.stream().sorted().map(VisibleText::shortened).collect(Collectors.joining(", "));
  }
}
