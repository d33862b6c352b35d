package dev.kasane.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reads the distribution's launcher for Windows, which can be started nowhere else. */
class WindowsLauncherIT {
  private static final Path HOME = Path.of(System.getProperty("kasane.root"), "host/app/target/kasane");

  private static String script;

  @BeforeAll
  static void read() throws IOException {
    script = Files.readString(HOME.resolve("kasane.bat"), StandardCharsets.US_ASCII);
  }

  private static List<String> all(String pattern) {
    return Pattern.compile(pattern, Pattern.MULTILINE).matcher(script).results().map(MatchResult::group).toList();
  }

  /** The command processor misses labels in a file whose lines end otherwise. */
  @Test
  void itsLinesEndAsOnWindows() {
    assertThat(all("\n")).isNotEmpty().hasSameSizeAs(all("\r\n"));
  }

  @Test
  void itJumpsToLabelsThatAreThere() {
    assertThat(all("(?<=goto )\\w+")).isNotEmpty().allSatisfy(label -> assertThat(all("^:\\w+")).contains(":" + label));
  }

  @Test
  void itStartsTheArchiveThatIsThere() {
    assertThat(script).contains("%~dp0.", "\\lib\\kasane.jar", "-Dkasane.home=\"%home%\"", "OPT_OUT_TRACKING=true");
    assertThat(HOME.resolve("lib/kasane.jar")).isRegularFile();
  }
}
