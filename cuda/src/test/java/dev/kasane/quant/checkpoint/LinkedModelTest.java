package dev.kasane.quant.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.quant.QuantisationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline with linked parts is quantised whole, or refused. */
class LinkedModelTest {
  @TempDir
  private Path folder;
  private Path model;
  private Path out;

  @BeforeEach
  void makePipeline() throws IOException {
    model = Files.createDirectory(folder.resolve("model"));
    out = folder.resolve("out");
    Files.writeString(model.resolve("model_index.json"), "{}");
    part(model.resolve("unet"));
  }

  private static Path part(Path part) throws IOException {
    Files.createDirectories(part);
    Files.writeString(part.resolve("config.json"), "{\"_class_name\": \"Some\"}");
    SafetensorsWriter.write(part.resolve("diffusion_pytorch_model.safetensors"), List.of(
        TensorDeclaration.ofFloats("a.weight", DType.F32, new long[] {64, 64}, new float[64 * 64])), Map.of());
    return part;
  }

  private void quantise() {
    new ModelQuantisation(new QuantisationSettings(QuantisationSettings.Kind.NF4, 64, false), List.of(), names -> "")
        .run(model, out, name -> { });
  }

  private void assertRefused(String... words) throws IOException {
    assertThatThrownBy(this::quantise).isInstanceOf(UserException.class).hasMessageContainingAll(words);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString())).doesNotContain("out").noneMatch(
          name -> name.startsWith("."));
    }
  }

  @Test
  void aPartThatIsLinkedWithinTheModelIsCopied() throws IOException {
    part(model.resolve("shared/autoencoder"));
    Files.createSymbolicLink(model.resolve("vae"), Path.of("shared/autoencoder"));
    quantise();
    assertThat(Files.isSymbolicLink(out.resolve("vae"))).isFalse();
    assertThat(out.resolve("vae/diffusion_pytorch_model.safetensors"))
        .hasSameBinaryContentAs(model.resolve("vae/diffusion_pytorch_model.safetensors"));
  }

  @Test
  void aPartThatIsLinkedFromElsewhereIsRefused() throws IOException {
    part(folder.resolve("other/vae"));
    Files.createSymbolicLink(model.resolve("vae"), Path.of("../other/vae"));
    assertRefused(model.resolve("vae").toString(), "../other/vae");
  }

  @Test
  void aPrivateFileIsNotCarriedOff() throws IOException {
    Files.writeString(folder.resolve("secret"), "secret");
    Files.createSymbolicLink(model.resolve("unet/notes.txt"), folder.resolve("secret"));
    assertRefused(model.resolve("unet/notes.txt").toString());
  }

  @Test
  void aSnapshotOfTheCacheIsQuantised() throws IOException {
    Path cached = folder.resolve("hub/models--a--b");
    Path blobs = Files.createDirectories(cached.resolve("blobs"));
    Path snapshot = cached.resolve("snapshots/1");
    int number = 10;
    for (String name : List.of("model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors")) {
      Path blob = Files.move(model.resolve(name), blobs.resolve(Integer.toString(number++).repeat(20)));
      Path link = snapshot.resolve(name);
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, link.getParent().relativize(blob));
    }
    model = snapshot;
    quantise();
    assertThat(out.resolve("unet/config.json")).content().contains("quantization_config");
    assertThat(out.resolve("model_index.json")).isRegularFile();
  }
}
