package org.example.acme;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.checkpoint.AdapterFileWriter;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.UnmatchedKey;
import dev.kasane.core.tensor.ElementType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pf4j.Extension;

/** A third party's format: keys {@code part!path!parameter}. */
@Extension
public final class SlimFormat implements AdapterFormat {
  private static final Pattern KEY = Pattern.compile("(\\w+)!([\\w.]+)!([\\w.]+)");

  @Override
  public String id() {
    return "slim";
  }

  @Override
  public String description() {
    return "Parts, paths and parameters between exclamation marks.";
  }

  @Override
  public Optional<AdapterKey> parse(String key) {
    Matcher parts = KEY.matcher(key);
    return parts.matches() ? Optional.of(AdapterKey.of(parts.group(1) + "." + parts.group(2), parts.group(3)))
        : Optional.empty();
  }

  @Override
  public AdapterModel read(Path file, Map<String, Collection<String>> layers, NDManager scope) {
    Map<String, Map<String, AdapterModule>> found = new LinkedHashMap<>();
    List<UnmatchedKey> unmatched = new ArrayList<>();
    try (AdapterFile opened = AdapterFile.open(file)) {
      for (String key : opened.keys()) {
        Matcher parts = KEY.matcher(key);
        if (!parts.matches() || !layers.getOrDefault(parts.group(1), List.of()).contains(parts.group(2))) {
          unmatched.add(new UnmatchedKey(key, "names no layer of this base"));
        } else {
          found.computeIfAbsent(parts.group(1), part -> new LinkedHashMap<>())
              .computeIfAbsent(parts.group(2), path -> new AdapterModule(path, new LinkedHashMap<>(), Map.of()))
              .tensors().put(parts.group(3), opened.read(key, scope));
        }
      }
      Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
      found.forEach((part, modules) -> components.put(part, List.copyOf(modules.values())));
      return new AdapterModel(components, unmatched, opened.metadata());
    }
  }

  @Override
  public void write(AdapterModel model, Path file, ElementType storage) {
    AdapterFileWriter writer = new AdapterFileWriter(storage);
    model.components().forEach((part, modules) -> modules.forEach(module -> module.tensors().forEach(
        (parameter, tensor) -> writer.add(part + "!" + module.path() + "!" + parameter, tensor))));
    writer.write(file, model.metadata());
  }
}
