package dev.kasane.app.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.core.tensor.GpuLibraries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuInstallationTest {
  @TempDir
  private Path temporary;

  private Path wheels;
  private Path cache;
  private Path place;
  private GpuLock lock;

  @BeforeEach
  void make() throws IOException {
    wheels = Files.createDirectory(temporary.resolve("brought"));
    cache = Files.createDirectory(temporary.resolve("cache"));
    place = cache.resolve("gpu");
    lock = FakeWheels.make(wheels);
  }

  private GpuInstallation installation(long free) throws IOException {
    return new GpuInstallation(lock, place, Files.createDirectories(cache.resolve("wheels")), folder -> free);
  }

  private GpuInstallation installation() throws IOException {
    return installation(Long.MAX_VALUE);
  }

  private IndexWheels from(String address) throws IOException {
    Http http = new Http(PipSettings.read(name -> null, temporary));
    return new IndexWheels(PythonIndex.of(http, List.of(address)), installation().wheels());
  }

  private List<String> inCache() throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files.filter(Files::isRegularFile).map(file -> cache.relativize(file).toString().replace('\\', '/'))
          .sorted().toList();
    }
  }

  private void assertInstalled(GpuLibraries libraries) throws IOException {
    assertThat(libraries.fault()).isEmpty();
    assertThat(libraries.root()).isEqualTo(place);
    assertThat(libraries.libtorch()).isEqualTo(place.resolve("torch/lib"));
    assertThat(inCache()).containsExactly("gpu/installed.json", "gpu/nvidia/cuda/lib/libcudart.so.12",
        "gpu/torch/lib/libtorch.so", "gpu/torch/lib/libtorch_cuda.so");
    assertThat(installation().current(true)).contains(libraries);
  }

  private void assertFails(WheelSource source, String... words) {
    assertThatThrownBy(() -> installation().install(source)).isInstanceOf(UserException.class)
        .hasMessageContainingAll(words);
    assertThat(place).doesNotExist();
  }

  @Test
  void installsFromAFolder() throws IOException {
    assertThat(installation().current(false)).isEmpty();
    assertInstalled(installation().install(new WheelFolder(wheels)));
    assertThat(wheels.resolve(FakeWheels.TORCH)).exists();
  }

  @Test
  void installsFromAnIndexInHtmlAndJson() throws IOException {
    try (IndexServer server = IndexServer.of(wheels)) {
      assertInstalled(installation().install(from(server.address() + "/simple")));
    }
  }

  @Test
  void replacesWhatIsBroken() throws IOException {
    installation().install(new WheelFolder(wheels));
    Files.writeString(place.resolve("torch/lib/libtorch.so"), "cut short");
    Files.writeString(place.resolve("left.so"), "of another version");
    assertThat(installation().current(false)).isEmpty();

    assertInstalled(installation().install(new WheelFolder(wheels)));
  }

  @Test
  void namesAllWheelsThatAreMissing() throws IOException {
    Files.delete(wheels.resolve(FakeWheels.CUDA));
    Files.write(wheels.resolve(FakeWheels.TORCH), new byte[7]);
    assertFails(new WheelFolder(wheels), FakeWheels.CUDA + " is missing", FakeWheels.TORCH + " has 7 bytes, expected",
        "pip download --no-deps --only-binary=:all: --python-version 3.11 torch==2.7.1 nvidia-cuda==12.6");
    assertFails(new WheelFolder(temporary.resolve("none")), "none: there is no such folder");
  }

  private static void damage(Path wheel) throws IOException {
    byte[] content = Files.readAllBytes(wheel);
    content[content.length / 2] ^= 1;
    Files.write(wheel, content);
  }

  @Test
  void refusesAWheelThatDiffersInABit() throws IOException {
    damage(wheels.resolve(FakeWheels.CUDA));
    assertFails(new WheelFolder(wheels), FakeWheels.CUDA, "SHA-256", "expected " + lock.wheels().get(1).sha256());
  }

  @Test
  void fetchesAgainWhatWasExchangedAndNothingElse() throws IOException {
    Path served = Files.createDirectory(temporary.resolve("served"));
    FakeWheels.make(served);
    damage(served.resolve(FakeWheels.CUDA));
    try (IndexServer server = IndexServer.of(served)) {
      assertFails(from(server.address() + "/simple/"), FakeWheels.CUDA, "SHA-256", server.address());
    }
    assertThat(inCache()).contains("wheels/" + FakeWheels.TORCH).noneMatch(file -> file.contains(FakeWheels.CUDA));

    try (IndexServer server = IndexServer.of(wheels)) {
      installation().install(from(server.address() + "/simple/"));
      assertThat(server.asked()).noneMatch(asked -> asked.contains("torch"));
    }
  }

  @Test
  void saysThatAnIndexIsDown() throws IOException {
    String address;
    try (IndexServer server = IndexServer.of(wheels)) {
      address = server.address();
    }
    assertFails(from(address), "The Python index " + address + "/ cannot be asked for torch", "cannot be reached",
        "«gpu install, from DIR»");
    assertFails(from("http://user:secret@nowhere.invalid/simple"), "http://nowhere.invalid/simple/");
    assertThatThrownBy(() -> installation().install(from("http://user:secret@nowhere.invalid/simple")))
        .message().doesNotContain("secret");
    try (IndexServer server = new IndexServer(exchange -> IndexServer.send(exchange, 500, new byte[0]))) {
      assertFails(from(server.address()), "it answers 500");
    }
    try (IndexServer server = new IndexServer(exchange -> IndexServer.send(exchange, 404, new byte[0]))) {
      assertFails(from(server.address()), "has no " + FakeWheels.TORCH);
    }
    assertThatThrownBy(() -> from("ftp://a.example")).isInstanceOf(UserException.class).hasMessageContaining("ftp://");
    assertThatThrownBy(() -> from("no address")).isInstanceOf(UserException.class);
  }

  @Test
  void asksForRoomBeforeItFetches() throws IOException {
    try (IndexServer server = IndexServer.of(wheels)) {
      IndexWheels source = from(server.address() + "/simple/");
      assertThatThrownBy(() -> installation(lock.unpackedSize() + 10).install(source))
          .isInstanceOf(UserException.class).hasMessageContainingAll("too little room in " + cache, "DJL_CACHE_DIR");
      assertThat(server.asked()).isEmpty();
    }
    assertThat(place).doesNotExist();
    // Wheels in a folder need no room of their own.
    assertInstalled(installation(lock.unpackedSize() + 10).install(new WheelFolder(wheels)));
  }

  @Test
  void onlyOneInstallsAtATime() throws IOException {
    Path held = installation().wheels().resolve(".lock");
    try (FileChannel channel = FileChannel.open(held, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock ours = channel.lock()) {
      assertThat(ours.isValid()).isTrue();
      assertFails(new WheelFolder(wheels), "Another process is installing");
    }
  }

  @Test
  void usesWhatPythonHasWhereItLies() throws IOException {
    Path packages = Files.createDirectories(temporary.resolve("site-packages"));
    FakeWheels.TORCH_FILES.forEach((name, content) -> write(packages.resolve(name), content));
    FakeWheels.CUDA_FILES.forEach((name, content) -> write(packages.resolve(name), content));
    GpuLibraries libraries = installation().use(new PythonTorch(packages, "2.7.1", Optional.of("12.6")));

    assertThat(libraries.root()).isEqualTo(packages);
    assertThat(libraries.capabilities()).containsExactly(70, 90);
    assertThat(libraries.fault()).isEmpty();
    assertThat(installation().current(false)).contains(libraries);
    assertThat(installation().current(true)).isEmpty();
    assertThat(inCache()).containsExactly("gpu/installed.json");
    PythonTorch earlier = new PythonTorch(packages, "2.7.0", Optional.of("12.8"));
    assertThat(installation().use(earlier).version()).isEqualTo("2.7.0");
    Files.delete(packages.resolve("torch/lib/libtorch.so"));
    assertThat(libraries.fault()).hasValueSatisfying(fault -> assertThat(fault).contains("libtorch.so is missing"));

    assertThat(new PythonTorch(packages, "2.7.1", Optional.of("12.8")).libraries(lock(packages)).capabilities())
        .isEqualTo(Set.of());
    for (PythonTorch other : List.of(new PythonTorch(packages, "2.7.1", Optional.empty()),
        new PythonTorch(packages, "2.8.0", Optional.of("12.6")),
        new PythonTorch(packages, "2.7.1", Optional.of("11.8")))) {
      assertThatThrownBy(() -> installation().use(other)).isInstanceOf(UserException.class)
          .hasMessageContainingAll(other.toString(), "torch 2.7.1 for CUDA 12.6, or one of the same series, is needed");
    }
  }

  private GpuLock lock(Path packages) {
    write(packages.resolve("torch/lib/libtorch.so"), new byte[1]);
    return lock;
  }

  private static void write(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
