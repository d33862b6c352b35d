package dev.kasane.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.app.launcher.KasaneProcess.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code kasane} as a user does: as a process, through the launcher, from the built distribution. */
class LauncherIT {
  private static final Path LAUNCHER = KasaneProcess.LAUNCHER;

  @TempDir
  private Path folder;

  @BeforeAll
  static void needsAShell() {
    assumeFalse(System.getProperty("os.name").startsWith("Windows"), "the launcher is a shell script");
  }

  private Run kasane(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return new KasaneProcess(folder).run(launcher, environment, arguments);
  }

  private Run kasane(String... arguments) throws IOException, InterruptedException {
    return kasane(LAUNCHER, Map.of(), arguments);
  }

  @Test
  void helps() throws IOException, InterruptedException {
    Run run = kasane("--help");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("Usage: kasane", "plugins", "Exit codes").doesNotContain("\033");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void listsTheShippedPlugins() throws IOException, InterruptedException {
    Run run = kasane("plugins", "list", "--json");

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    Map<String, JsonNode> plugins = new TreeMap<>();
    new ObjectMapper().readTree(run.out()).forEach(plugin -> plugins.put(plugin.get("id").asText(), plugin));
    assertThat(plugins).containsKeys("kohya", "lora");
    assertThat(plugins.get("lora").at("/methods/0/id").asText()).isEqualTo("lora");
    assertThat(plugins.get("lora").at("/methods/0/options").findValuesAsText("name"))
        .contains("rank", "alpha");
    assertThat(plugins.get("kohya").at("/formats/0/id").asText()).isEqualTo("kohya");
  }

  @Test
  void suggestsACommand() throws IOException, InterruptedException {
    Run run = kasane("plugin", "list");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("kasane: ").contains("Did you mean 'plugins'?");
  }

  @Test
  void namesABrokenPluginInAnyFolder() throws IOException, InterruptedException {
    Path plugins = Files.createDirectories(folder.resolve("my \"own\" plügins $HOME 重ね"));
    Path jar = Files.writeString(plugins.resolve("broken.jar"), "nothing");
    Map<String, String> plainLocale = Map.of("LC_ALL", "C", "LANG", "C");

    for (Run run : List.of(
        kasane(LAUNCHER, plainLocale, "plugins", "list", "--plugins-dir", plugins.toString()),
        kasane(LAUNCHER, Map.of("KASANE_PLUGINS", plugins.toString()), "plugins", "list"))) {
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).startsWith("kasane: " + jar).doesNotContain("\tat ");
    }
  }

  @Test
  void worksThroughLinks() throws IOException, InterruptedException {
    Path direct = Files.createSymbolicLink(folder.resolve("direct"), LAUNCHER);
    Path relative = Files.createSymbolicLink(folder.resolve("relative"), Path.of("direct"));

    assertThat(kasane(relative, Map.of(), "version")).satisfies(run -> {
      assertThat(run.err()).isEmpty();
      assertThat(run.code()).isZero();
      assertThat(run.out()).startsWith("kasane ");
    });
    assertThat(kasane(direct, Map.of(), "version").code()).isZero();
  }

  /** As release.sh packs it: launcher and libraries in one folder, and nothing to build from. */
  @Test
  void startsTheDistributionThatItLiesIn() throws IOException, InterruptedException {
    Path distribution = Path.of(System.getProperty("kasane.root"), "host/app/target/kasane");
    Path unpacked = Files.createDirectory(folder.resolve("kasane-0.1.0"));
    Path launcher = Files.copy(LAUNCHER, unpacked.resolve("kasane"), StandardCopyOption.COPY_ATTRIBUTES);
    for (String each : List.of("lib", "plugins")) {
      Files.createSymbolicLink(unpacked.resolve(each), distribution.resolve(each));
    }

    Run run = kasane(launcher, Map.of("KASANE_SKIP_BUILD", "0"), "plugins", "list");

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains(unpacked.resolve("plugins").toString());
  }

  @Test
  void theDistributionHasTheLibrariesOfOnePlatform() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("kasane.root"), "host/app/target/kasane/lib"))) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(file -> file.contains("native-cpu")))
          .singleElement().asString().endsWith("-" + System.getProperty("kasane.platform") + ".jar");
    }
  }

  @Test
  void wantsAJavaThatIsNewEnough() throws IOException, InterruptedException {
    Path old = Files.createDirectories(folder.resolve("jdk-11/bin")).getParent();
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.20\"\n");
    Path java = Files.writeString(old.resolve("bin/java"), "#!/bin/sh\nexit 9\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();

    Run tooOld = kasane(LAUNCHER, Map.of("JAVA_HOME", old.toString()), "version");
    Run absent = kasane(LAUNCHER, Map.of("JAVA_HOME", folder.resolve("none").toString()), "version");

    assertThat(tooOld.code()).isEqualTo(1);
    assertThat(tooOld.err()).startsWith("kasane: ").contains("11.0.20", "17 or newer");
    assertThat(absent.code()).isEqualTo(1);
    assertThat(absent.err()).startsWith("kasane: JAVA_HOME").contains("none");
  }
}
