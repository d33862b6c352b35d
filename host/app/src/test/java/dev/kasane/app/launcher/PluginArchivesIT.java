package dev.kasane.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Opens the plugin jars of the distribution. */
class PluginArchivesIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final Path HOME = ROOT.resolve("host/app/target/kasane");
  private static final List<String> ENTRIES =
      List.of("Plugin-Id", "Plugin-Version", "Plugin-Provider", "Plugin-Description", "Plugin-Requires");
  private static final List<String> SHARED = List.of("dev/kasane/core/", "dev/kasane/app/",
      "dev/kasane/diffusion/", "ai/djl/", "org/pf4j/", "org/slf4j/", "com/fasterxml/");

  static List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(HOME.resolve("plugins"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void everyPluginModuleIsInTheDistributionAndNoneOnTheClassPath() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT.resolve("plugins"));
        Stream<Path> libraries = Files.list(HOME.resolve("lib"))) {
      List<String> ids = modules.filter(module -> Files.exists(module.resolve("pom.xml")))
          .map(module -> module.getFileName().toString()).toList();

      assertThat(ids).isNotEmpty().allSatisfy(id -> assertThat(archives())
          .anyMatch(jar -> jar.getFileName().toString().startsWith("kasane-plugin-" + id + "-")));
      assertThat(archives()).hasSameSizeAs(ids);
      assertThat(libraries).noneMatch(jar -> jar.getFileName().toString().contains("plugin-"));
    }
  }

  @ParameterizedTest
  @MethodSource("archives")
  void saysWhoItIs(Path archive) throws IOException {
    try (JarFile jar = new JarFile(archive.toFile())) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      for (String name : ENTRIES) {
        assertThat(manifest.getValue(name)).as(name).isNotBlank().doesNotContain("${");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("archives")
  void listsItsExtensions(Path archive) throws IOException {
    try (JarFile jar = new JarFile(archive.toFile())) {
      JarEntry index = jar.getJarEntry("META-INF/extensions.idx");
      assertThat(index).as("META-INF/extensions.idx").isNotNull();
      try (InputStream in = jar.getInputStream(index)) {
        List<String> names = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        assertThat(names).isNotEmpty()
            .allSatisfy(name -> assertThat(jar.getEntry(name.replace('.', '/') + ".class")).isNotNull());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("archives")
  void bringsNoCopyOfWhatTheHostShares(Path archive) throws IOException {
    try (JarFile jar = new JarFile(archive.toFile())) {
      assertThat(jar.stream().map(JarEntry::getName))
          .noneMatch(name -> SHARED.stream().anyMatch(name::startsWith));
    }
  }
}
