package dev.kasane.diffusion.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.ModuleSource;
import dev.kasane.core.checkpoint.WeightLoader;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.vae.AutoencoderKL;
import dev.kasane.diffusion.vae.VaeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffusersFolderTest {
  /** Stays after the test, so that {@code check_saved_folder.py} can open it with diffusers. */
  private static final Path KEPT = Path.of("target", "saved-bases");

  @TempDir
  Path folder;

  @ParameterizedTest
  @CsvSource({"sd1-tiny, float32", "sd1-tiny, fp16", "sd2-tiny, float32", "sd2-tiny, fp16"})
  void whatIsSavedOpensAgain(String name, String precision) throws IOException {
    Path saved = KEPT.resolve(name + "-" + precision);
    GoldenBases.remove(saved);
    BaseOptions options = BaseOptions.none().withConfigFolder(GoldenBases.path(name));
    Path single = GoldenBases.path(name + "-original.safetensors");
    try (BaseCheckpoint base = BaseCheckpoint.open(single, options)) {
      DiffusersFolder.write(saved, DiffusersFolder.Contents.of(base), ElementType.named(precision));
    }
    try (BaseCheckpoint expected = BaseCheckpoint.open(GoldenBases.path(name));
        BaseCheckpoint found = BaseCheckpoint.open(saved)) {
      for (BasePart part : BasePart.values()) {
        // The golden weights are numbers that float16 holds exactly.
        GoldenBases.assertSame(found.tensors(part), expected.tensors(part));
        assertThat(found.config(part)).isEqualTo(expected.config(part));
        String first = found.tensors(part).names().iterator().next();
        assertThat(found.tensors(part).dtype(first))
            .isEqualTo(precision.equals("fp16") ? DType.F16 : DType.F32);
      }
      assertThat(found.schedulerConfig()).isEqualTo(expected.schedulerConfig());
      assertThat(found.tokenizerFolder().resolve("merges.txt"))
          .hasSameTextualContentAs(expected.tokenizerFolder().resolve("merges.txt"));
    }
    assertThat(siblingsOf(saved)).noneMatch(file -> file.startsWith("."));
  }

  @Test
  void savesModelsInMemory() {
    try (NDManager owner = Engines.newManager(); BaseCheckpoint base = BaseCheckpoint.open(
        GoldenBases.path("sd1-tiny"))) {
      AutoencoderKL vae = new AutoencoderKL(VaeConfig.of(base.config(BasePart.VAE), "golden"));
      WeightLoader.load(vae, base.tensors(BasePart.VAE), ElementType.BFLOAT16, owner);
      Map<BasePart, DiffusersFolder.Part> parts =
          new EnumMap<>(DiffusersFolder.Contents.of(base).parts());
      parts.put(BasePart.VAE, new DiffusersFolder.Part(
          new ModuleSource(vae, "the trained autoencoder"), base.config(BasePart.VAE)));
      Path saved = folder.resolve("deeper/base");
      DiffusersFolder.write(saved, new DiffusersFolder.Contents(parts, base.tokenizerFolder(),
          base.schedulerConfig()), ElementType.BFLOAT16);
      try (BaseCheckpoint found = BaseCheckpoint.open(saved)) {
        GoldenBases.assertSame(found.tensors(BasePart.VAE), new ModuleSource(vae, "the same"));
      }
    }
  }

  @Test
  void leavesNothingBehindWhenItFails() throws IOException {
    Path target = folder.resolve("base");
    try (BaseCheckpoint base = BaseCheckpoint.open(GoldenBases.path("sd1-tiny"))) {
      DiffusersFolder.Contents contents = DiffusersFolder.Contents.of(base);
      DiffusersFolder.Contents untold = new DiffusersFolder.Contents(contents.parts(),
          Files.createDirectory(folder.resolve("no-tokenizer")), contents.schedulerConfig());
      assertThatThrownBy(() -> DiffusersFolder.write(target, untold, ElementType.FLOAT32))
          .isInstanceOf(UserException.class).hasMessageContaining("no vocab.json");
      assertThat(siblingsOf(target)).containsExactly("no-tokenizer");
      Files.createDirectories(target);
      Files.writeString(target.resolve("mine.txt"), "mine");
      assertThatThrownBy(() -> DiffusersFolder.write(target, contents, ElementType.FLOAT32))
          .isInstanceOf(UserException.class).hasMessageContaining("exists already");
      assertThat(target.resolve("mine.txt")).hasContent("mine");
    }
  }

  private static Stream<String> siblingsOf(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path.getParent())) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }
}
