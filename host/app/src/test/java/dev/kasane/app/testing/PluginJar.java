package dev.kasane.app.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** Makes plugin jars out of sources, the way a plugin's own build does. */
public final class PluginJar {
  private final Map<String, String> manifest = new LinkedHashMap<>();
  private String[] sources = {};
  private boolean indexed = true;

  /** A plugin of version 1.0.0 without classes. */
  public PluginJar(String id) {
    manifest.put("Plugin-Id", id);
    manifest.put("Plugin-Version", "1.0.0");
    manifest.put("Plugin-Provider", "Test");
    manifest.put("Plugin-Description", "The plugin " + id + ".");
  }

  /** Sets a manifest entry; null removes it. */
  public PluginJar entry(String name, String value) {
    manifest.put(name, value);
    return this;
  }

  /** The plugin's classes. */
  public PluginJar sources(String... compilationUnits) {
    sources = compilationUnits;
    return this;
  }

  /** Leaves out the extension index. */
  public PluginJar withoutIndex() {
    indexed = false;
    return this;
  }

  /** The source of an adapter method with one option. */
  public static String method(String packageName, String className, String id) {
    return """
        package %1$s;
        import ai.djl.ndarray.NDManager;
        import dev.kasane.core.spi.*;
        import java.util.*;
        @org.pf4j.Extension
        public class %2$s implements AdapterMethod {
          public String id() { return "%3$s"; }
          public String description() { return "The method %3$s."; }
          public List<AdapterOption> options() {
            return List.of(new AdapterOption("rank", AdapterOption.Type.INTEGER, "8", "Inner dimension."));
          }
          public PreparedMethod prepare(AdapterOptions options) {
            throw new UnsupportedOperationException();
          }
          public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
            return Optional.empty();
          }
        }
        """.formatted(packageName, className, id);
  }

  /** The source of an adapter format. */
  public static String format(String packageName, String className, String id) {
    return """
        package %1$s;
        import ai.djl.ndarray.NDManager;
        import dev.kasane.core.spi.*;
        import dev.kasane.core.tensor.ElementType;
        import java.nio.file.Path;
        import java.util.*;
        @org.pf4j.Extension
        public class %2$s implements AdapterFormat {
          public String id() { return "%3$s"; }
          public String description() { return "The format %3$s."; }
          public Optional<AdapterKey> parse(String key) { return Optional.empty(); }
          public AdapterModel read(Path file, Map<String, Collection<String>> layers, NDManager scope) {
            return new AdapterModel(Map.of(), List.of(), Map.of());
          }
          public void write(AdapterModel model, Path file, ElementType storage) {}
        }
        """.formatted(packageName, className, id);
  }

  /** Writes the jar. */
  public Path writeTo(Path jar) {
    try {
      Path classes = Files.createTempDirectory("plugin-classes");
      if (sources.length > 0) {
        SourceCompiler.compile(classes, indexed
            ? List.of("-processor", "org.pf4j.processor.ExtensionAnnotationProcessor")
            : List.of("-proc:none"), sources);
      }
      pack(classes, jar);
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void pack(Path classes, Path jar) throws IOException {
    Manifest written = new Manifest();
    written.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.forEach((name, value) -> {
      if (value != null) {
        written.getMainAttributes().putValue(name, value);
      }
    });
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), written);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }
}
