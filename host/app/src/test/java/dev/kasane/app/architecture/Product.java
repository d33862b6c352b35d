package dev.kasane.app.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The compiled classes of all modules that users get, plugins included. */
public final class Product {
  private Product() {}

  /** Imports them. */
  public static JavaClasses classes() throws IOException {
    Path root = Path.of(System.getProperty("kasane.root"));
    try (Stream<Path> plugins = Files.list(root.resolve("plugins"))) {
      Stream<Path> modules = Stream.of("host/core", "host/testkit", "host/app", "unet-attention", "text-lm", "cuda")
          .map(root::resolve);
      return new ClassFileImporter().importPaths(Stream.concat(modules, plugins)
          .map(module -> module.resolve("target/classes")).filter(Files::isDirectory).toList());
    }
  }
}
