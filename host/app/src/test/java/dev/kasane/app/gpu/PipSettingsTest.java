package dev.kasane.app.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipSettingsTest {
  private static final URI ADDRESS = URI.create("https://files.example/a.whl");

  @TempDir
  private Path home;

  private final Map<String, String> environment = new HashMap<>();

  /** Without what this machine is configured for. */
  private PipSettings read() {
    environment.putIfAbsent("XDG_CONFIG_DIRS", home.resolve("none").toString());
    return PipSettings.read(environment::get, home);
  }

  private Path write(String place, String content) throws IOException {
    Path file = home.resolve(place);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @Test
  void laterFilesAndVariablesStandAbove() throws IOException {
    write(".pip/pip.conf", "[global]\nindex-url = https://old.example/simple\nproxy = http://p.example:3128\n");
    write(".config/pip/pip.conf", "[global]\nindex_url: https://new.example/simple\n");
    assertThat(read().indexes()).containsExactly("https://new.example/simple");
    assertThat(read().proxy(ADDRESS)).contains(URI.create("http://p.example:3128"));

    environment.put("PIP_CONFIG_FILE", write("own.conf", "[global]\nindex-url = https://own.example\n").toString());
    assertThat(read().indexes()).containsExactly("https://own.example");

    environment.put("PIP_INDEX_URL", "https://variable.example");
    assertThat(read().indexes()).containsExactly("https://variable.example");
  }

  @Test
  void whatIsSaidForInstallingStandsAboveWhatIsSaidForAll() {
    assertThat(PipFile.parse("""
        # comment
        [install]
        index-url = https://install.example
        [list]
        index-url = https://list.example
        [global]
        index-url = https://global.example
        extra-index-url =
            https://one.example
            ; comment
            https://two.example
        cert = /a=b:c""")).isEqualTo(Map.of("index-url", "https://install.example",
        "extra-index-url", "https://one.example\nhttps://two.example", "cert", "/a=b:c"));
  }

  @Test
  void furtherIndexesFollow() throws IOException {
    write(".config/pip/pip.conf",
        "[global]\nindex-url=https://a.example\nextra-index-url=\n https://b.example\n c:d\n");
    assertThat(read().indexes()).containsExactly("https://a.example", "https://b.example", "c:d");
    assertThat(read().hasIndex()).isTrue();
  }

  @Test
  void nullDeviceMeansNoFile() throws IOException {
    write(".config/pip/pip.conf", "[global]\nindex-url=https://a.example\n");
    environment.put("PIP_CONFIG_FILE", "/dev/null");
    assertThat(read().indexes()).isEmpty();
    assertThat(read().hasIndex()).isFalse();
  }

  @Test
  void proxiesAreThoseOfEveryOtherProgram() {
    environment.put("PIP_CONFIG_FILE", "/dev/null");
    assertThat(read().proxy(ADDRESS)).isEmpty();
    environment.put("https_proxy", "proxy.example:8080");
    environment.put("HTTP_PROXY", "http://somebody.example");
    assertThat(read().proxy(ADDRESS)).contains(URI.create("http://proxy.example:8080"));
    assertThat(read().proxy(URI.create("http://files.example/"))).isEmpty();
    environment.put("no_proxy", "localhost, .example");
    assertThat(read().proxy(ADDRESS)).isEmpty();
    environment.put("no_proxy", "s.example");
    assertThat(read().proxy(ADDRESS)).isPresent();
    environment.put("PIP_PROXY", "socks://x");
    assertThatThrownBy(() -> read().proxy(ADDRESS)).isInstanceOf(UserException.class).hasMessageContaining("socks://x");
  }

  @Property
  void anyTextIsAConfiguration(
      @ForAll @Chars({'[', ']', '=', ':', '#', ' ', '\n', '\t'}) @CharRange(from = 'a', to = 'c') String text) {
    assertThat(PipFile.parse("[global]\n" + text)).isNotNull();
  }
}
