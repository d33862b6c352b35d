package dev.kasane.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What this build is made of.
 *
 * @param kasane Kasane's own version
 * @param djl the version of DJL
 * @param libtorch the version of libtorch
 */
public record Version(String kasane, String djl, String libtorch) {
  /** Returns the versions that the build wrote into the archive. */
  public static Version current() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("version.properties cannot be read from the application's archive", e);
    }
    return new Version(
        properties.getProperty("version"), properties.getProperty("djl"), properties.getProperty("libtorch"));
  }
}
