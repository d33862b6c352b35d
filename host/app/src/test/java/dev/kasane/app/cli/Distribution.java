package dev.kasane.app.cli;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets commands in this process find the built distribution: its plugins and its demo base. */
final class Distribution implements BeforeAllCallback, AfterAllCallback {
  private static final String HOME = "kasane.home";

  private final String before = System.getProperty(HOME);

  @Override
  public void beforeAll(ExtensionContext context) {
    System.setProperty(HOME, Path.of(System.getProperty("kasane.root"), "host/app/target/kasane").toString());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (before == null) {
      System.clearProperty(HOME);
    } else {
      System.setProperty(HOME, before);
    }
  }
}
