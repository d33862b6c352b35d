package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.app.testing.PluginJar;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class KasaneCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir
  private Path folder;

  private int run(String... arguments) {
    CommandLine commandLine = KasaneCommand.commandLine(arguments)
        .setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new CommandRunner(commandLine).run(arguments);
  }

  private void writePlugin() {
    new PluginJar("sample").sources(
        PluginJar.method("example", "Method", "low"), PluginJar.format("example", "Format", "file"))
        .writeTo(folder.resolve("sample.jar"));
  }

  @Test
  void listsPluginsForPeople() {
    writePlugin();

    assertThat(run("plugins", "list", "--plugins-dir", folder.toString())).isZero();
    assertThat(out.toString()).contains("sample 1.0.0", "AdapterFormat, AdapterMethod", "method low", "rank",
        "integer", "Inner dimension.", "format file", folder.resolve("sample.jar").toString());
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void listsPluginsForPrograms() throws IOException {
    writePlugin();

    assertThat(run("plugins", "list", "--json", "--plugins-dir", folder.toString())).isZero();
    JsonNode plugin = new ObjectMapper().readTree(out.toString()).get(0);
    assertThat(plugin.at("/id").asText()).isEqualTo("sample");
    assertThat(plugin.at("/methods/0/options/0/defaultValue").asText()).isEqualTo("8");
    assertThat(plugin.at("/formats/0/id").asText()).isEqualTo("file");
  }

  @Test
  void namesABrokenPluginOnStandardError() throws IOException {
    Files.writeString(folder.resolve("broken.jar"), "nothing");

    assertThat(run("plugins", "list", "--plugins-dir", folder.toString())).isEqualTo(1);
    assertThat(err.toString()).startsWith("kasane: ").contains("broken.jar").doesNotContain("\tat ");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
    "plugin; Did you mean 'plugins'?", "plugins lst; Did you mean 'list'?",
    "plugins list --jsn; Did you mean '--json'?",
    "plugins list --verbose --jsn; Did you mean '--json'?",
    "train image --no-sample; Did you mean '--no-samples'?",
    "plugins list --plugin-dir=x; Did you mean '--plugins-dir'?",
    "plugins; Say what to do", "plugins list --plugins-dir; Missing required parameter"
  })
  void explainsWrongUsage(String arguments, String expected) {
    assertThat(run(arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString()).startsWith("kasane: ").contains(expected, "Usage: kasane", "--help");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void wantsACommand() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("plugins", "version");
  }

  @Test
  void takesDebugAnywhere() {
    String absent = folder.resolve("no").toString();

    assertThat(run("plugins", "list", "--plugins-dir", absent, "--debug")).isEqualTo(1);
    assertThat(err.toString()).contains("no such folder", "\tat ");
  }

  @Test
  void tellsItsVersions() {
    assertThat(run("version")).isZero();
    assertThat(out.toString()).containsPattern("kasane \\d+\\.\\d+").containsPattern("libtorch \\d+\\.\\d+");
  }
}
