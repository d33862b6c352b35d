package dev.kasane.app.plugins;

import static dev.kasane.app.testing.PluginJar.format;
import static dev.kasane.app.testing.PluginJar.method;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kasane.app.testing.PluginJar;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pf4j.PluginClassLoader;

class PluginHostTest {
  @TempDir
  private Path folder;

  private PluginHost start() {
    return PluginHost.start(new PluginLocations(List.of(folder)));
  }

  private AbstractStringAssert<?> assertFailure() {
    return assertThat(catchThrowableOfType(UserException.class, this::start).getMessage());
  }

  private PluginJar plugin(String id) {
    return new PluginJar(id).sources(method("example." + id, "Method", id));
  }

  @Test
  void startsWhatItFinds() {
    Path jar = new PluginJar("both")
        .sources(method("example", "Low", "low"), format("example", "File", "file"))
        .writeTo(folder.resolve("both.jar"));

    try (PluginHost host = start()) {
      assertThat(host.plugins()).singleElement().satisfies(plugin -> {
        assertThat(plugin.id()).isEqualTo("both");
        assertThat(plugin.version()).isEqualTo("1.0.0");
        assertThat(plugin.file()).isEqualTo(jar);
        assertThat(plugin.extensionPoints()).containsExactly("AdapterFormat", "AdapterMethod");
      });
      assertThat(host.method("low").options()).hasSize(1);
      assertThat(host.format("file").id()).isEqualTo("file");
    }
  }

  @Test
  void takesSingleJarsToo() {
    Path jar = plugin("one").writeTo(folder.resolve("one.jar"));
    plugin("two").writeTo(folder.resolve("two.jar"));

    try (PluginHost host = PluginHost.start(new PluginLocations(List.of(jar)))) {
      assertThat(host.methods()).extracting(AdapterMethod::id).containsExactly("one");
    }
  }

  @Test
  void sharesTheSeamsEvenWithAPluginThatBringsItsOwnCopy() {
    new PluginJar("copy").sources(method("example", "Method", "copy"),
        "package dev.kasane.core.spi; public interface AdapterMethod extends org.pf4j.ExtensionPoint {"
            + " String id(); String description(); java.util.List<AdapterOption> options();"
            + " PreparedMethod prepare(AdapterOptions a);"
            + " java.util.Optional<LayerAdapter> restore("
            + "   TargetLayer a, AdapterModule b, ai.djl.ndarray.NDManager c); }")
        .writeTo(folder.resolve("copy.jar"));

    try (PluginHost host = start()) {
      assertThat(host.method("copy").getClass().getInterfaces()).containsExactly(AdapterMethod.class);
    }
  }

  @Test
  void closesEveryJar() {
    plugin("one").writeTo(folder.resolve("one.jar"));
    plugin("two").writeTo(folder.resolve("two.jar"));
    PluginHost host = start();
    List<ClassLoader> loaders =
        host.methods().stream().map(each -> each.getClass().getClassLoader()).toList();

    host.close();

    assertThat(loaders).hasSize(2)
        .allSatisfy(loader -> assertThat(((PluginClassLoader) loader).isClosed()).isTrue());
  }

  @Test
  void suggestsTheNearestMethod() {
    plugin("lora").writeTo(folder.resolve("lora.jar"));

    try (PluginHost host = start()) {
      assertThatExceptionOfType(UserException.class).isThrownBy(() -> host.method("lroa"))
          .withMessageContaining("adapter method 'lroa'").withMessageContaining("Did you mean 'lora'?");
      assertThatExceptionOfType(UserException.class).isThrownBy(() -> host.format("kohya"))
          .withMessageContaining("adapter format 'kohya'").withMessageContaining("There are none");
    }
  }

  @Test
  void namesAJarThatIsNone() throws IOException {
    Files.writeString(folder.resolve("broken.jar"), "not a zip");

    assertFailure().startsWith(folder.resolve("broken.jar").toString())
        .contains("not a readable plugin", "Remove the file");
  }

  @Test
  void namesAJarThatIsNoPlugin() {
    new PluginJar("x").entry("Plugin-Id", null).writeTo(folder.resolve("library.jar"));

    assertFailure().contains("library.jar", "not a Kasane plugin", "Plugin-Id");
  }

  @Test
  void refusesZips() throws IOException {
    Files.writeString(folder.resolve("plugin.zip"), "");

    assertFailure().contains("plugin.zip", "jars");
  }

  @Test
  void namesBothFilesOfADoublePlugin() {
    plugin("lora").writeTo(folder.resolve("lora-1.jar"));
    plugin("lora").writeTo(folder.resolve("lora-2.jar"));

    assertFailure().contains("'lora' is there twice", "lora-1.jar", "lora-2.jar");
  }

  @Test
  void namesBothFilesOfADoubleMethod() {
    plugin("lora").writeTo(folder.resolve("lora.jar"));
    new PluginJar("other").sources(method("example.other", "Method", "lora"))
        .writeTo(folder.resolve("other.jar"));

    assertFailure().contains("method 'lora' is offered twice", "lora.jar", "other.jar");
  }

  @Test
  void namesTheVersionThatAPluginNeeds() {
    plugin("future").entry("Plugin-Requires", "9.0.0").writeTo(folder.resolve("future.jar"));

    assertFailure().contains("'future'", "needs Kasane 9.0.0", "Update Kasane");
  }

  @Test
  void namesADependencyThatIsNotThere() {
    plugin("needy").entry("Plugin-Dependencies", "absent@1.0.0").writeTo(folder.resolve("needy.jar"));

    assertFailure().contains("absent", "Add the missing plugin");
  }

  @Test
  void namesWhyAPluginClassDoesNotStart() {
    plugin("angry").entry("Plugin-Class", "example.Angry").sources(method("example", "Method", "angry"),
        "package example; public class Angry extends org.pf4j.Plugin {"
            + " public void start() { throw new IllegalStateException(\"no licence file\"); } }")
        .writeTo(folder.resolve("angry.jar"));

    assertFailure().contains("'angry'", "angry.jar", "IllegalStateException: no licence file");
  }

  @Test
  void namesAPluginClassThatDoesNotExist() {
    plugin("hollow").entry("Plugin-Class", "example.Absent").writeTo(folder.resolve("hollow.jar"));

    assertFailure().contains("'hollow'", "ClassNotFoundException: example.Absent");
  }

  @Test
  void namesWhyAnExtensionCannotBeMade() {
    new PluginJar("shy").sources(method("example", "Method", "shy")
        .replace("implements AdapterMethod {", "implements AdapterMethod {"
            + " public Method() { throw new IllegalStateException(\"no table\"); }"))
        .writeTo(folder.resolve("shy.jar"));

    assertFailure().contains("'shy'", "shy.jar", "IllegalStateException: no table");
  }

  @Test
  void namesAPluginWithoutExtensions() {
    plugin("mute").withoutIndex().writeTo(folder.resolve("mute.jar"));

    assertFailure().contains("'mute'", "extensions.idx", "annotation processor");
  }

  @Test
  void namesAnExtensionPointThatIsNotKasanes() {
    new PluginJar("stranger").sources(
        "package example; public interface Strange extends org.pf4j.ExtensionPoint {}",
        "package example; @org.pf4j.Extension public class Stranger implements Strange {}")
        .writeTo(folder.resolve("stranger.jar"));

    assertFailure().contains("'stranger'", "example.Stranger serves no extension point of Kasane");
  }

  @Test
  void namesAllThatFailed() throws IOException {
    Files.writeString(folder.resolve("a.jar"), "nothing");
    Files.writeString(folder.resolve("b.jar"), "nothing");

    assertFailure().contains("a.jar", "b.jar");
  }
}
