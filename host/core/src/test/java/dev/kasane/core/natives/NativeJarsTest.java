package dev.kasane.core.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The archives with native libraries: that of the platform that this is built for, and those of others that lie beside
 * it in the local repository because somebody has built for them.
 */
class NativeJarsTest {
  private static final String PROPERTIES = "native/lib/pytorch.properties";
  private static final String BUILT_FOR = System.getProperty("kasane.platform");
  /** What a library of a platform begins with: the processor's number, and where it stands. */
  private static final Map<String, Machine> MACHINES = Map.of("linux-x86_64", new Machine("\177ELF", 18, 62),
      "linux-aarch64", new Machine("\177ELF", 18, 183), "osx-aarch64", new Machine("\317\372\355\376", 4, 12),
      "win-x86_64", new Machine("MZ", -1, 0x8664));

  private record Machine(String magic, int place, int number) {}

  private static Path jar(String resource) throws URISyntaxException, IOException {
    URL found = NativeJarsTest.class.getClassLoader().getResource(resource);
    assertThat(found).as("%s on the class path of a build for %s", resource, BUILT_FOR).isNotNull();
    return Path.of(new URL(found.getPath().replaceFirst("!.*", "")).toURI());
  }

  static List<Path> jars() throws URISyntaxException, IOException {
    Path own = jar(PROPERTIES);
    try (Stream<Path> beside = Files.list(own.getParent())) {
      return beside.filter(file -> file.getFileName().toString().matches("pytorch-native-cpu-.*\\.jar")).toList();
    }
  }

  @Test
  void theOneOnTheClassPathIsThatOfThePlatform() throws URISyntaxException, IOException {
    assertThat(jar(PROPERTIES).getFileName().toString()).endsWith("-" + BUILT_FOR + ".jar");
  }

  @ParameterizedTest
  @MethodSource("jars")
  void libtorchAndTheBridgeToItMatchInVersionAndPlatform(Path jar) throws URISyntaxException, IOException {
    try (ZipFile libtorch = new ZipFile(jar.toFile());
        ZipFile bridge = new ZipFile(jar("jnilib/pytorch.properties").toFile())) {
      Properties properties = properties(libtorch, PROPERTIES);
      String platform = properties.getProperty("classifier");
      assertThat(jar.getFileName().toString()).endsWith("-" + platform + ".jar");
      assertThat(properties.getProperty("flavor")).isEqualTo("cpu");
      String version = properties.getProperty("version").split("-")[0];
      assertThat(properties(bridge, "jnilib/pytorch.properties").getProperty("jni_version")).startsWith(version + "-");

      boolean windows = platform.startsWith("win");
      for (String library : properties.getProperty("libraries").split(",")) {
        assertIsOf(platform, libtorch, "pytorch/cpu/" + platform + "/" + library);
      }
      assertIsOf(platform, bridge, "jnilib/" + platform + "/cpu/"
          + (windows ? "djl_torch.dll" : platform.startsWith("osx") ? "libdjl_torch.dylib" : "libdjl_torch.so"));
    }
  }

  private static Properties properties(ZipFile zip, String name) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
      properties.load(in);
    }
    return properties;
  }

  private static void assertIsOf(String platform, ZipFile zip, String name) throws IOException {
    assertThat(zip.getEntry(name)).as(zip.getName() + " has " + name).isNotNull();
    Machine machine = MACHINES.get(platform);
    try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
      ByteBuffer head = ByteBuffer.wrap(in.readNBytes(4096)).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < machine.magic().length(); i++) {
        assertThat(head.get(i)).as(name).isEqualTo((byte) machine.magic().charAt(i));
      }
      // A program for Windows says at byte 60 where its own header begins; the processor stands after four letters.
      int place = machine.place() >= 0 ? machine.place() : head.getInt(60) + 4;
      assertThat(Short.toUnsignedInt(head.getShort(place))).as(name).isEqualTo(machine.number());
    }
  }
}
