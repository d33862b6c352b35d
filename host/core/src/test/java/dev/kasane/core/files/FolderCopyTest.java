package dev.kasane.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderCopyTest {
  @TempDir
  private Path folder;
  private Path model;
  private Path copy;

  @BeforeEach
  void makeModel() throws IOException {
    model = Files.createDirectories(folder.resolve("models/mine"));
    copy = Files.createDirectory(folder.resolve("copy"));
    write(model.resolve("unet/config.json"), "{}");
    write(folder.resolve("models/other/vae/config.json"), "{}");
    write(folder.resolve("secret.txt"), "secret");
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private void copy() throws IOException {
    FolderCopy.copy(model, copy, file -> false);
  }

  private void refused(String... words) {
    assertThatThrownBy(this::copy).isInstanceOf(UserException.class).hasMessageContainingAll(words);
  }

  @Test
  void foldersAndFilesAreCopiedButThoseLeftOut() throws IOException {
    Path left = write(model.resolve("unet/weights"), "large");
    Files.createDirectory(model.resolve("empty"));
    FolderCopy.copy(model, copy, left::equals);
    assertThat(copy.resolve("unet/config.json")).hasContent("{}");
    assertThat(copy.resolve("empty")).isEmptyDirectory();
    assertThat(copy.resolve("unet/weights")).doesNotExist();
  }

  @Test
  void linksWithinTheModelBecomeWhatTheyPointTo() throws IOException {
    write(model.resolve("shared/vae/config.json"), "shared");
    Files.createSymbolicLink(model.resolve("vae"), Path.of("shared/vae"));
    Files.createSymbolicLink(model.resolve("config.json"), model.resolve("unet/config.json"));
    copy();
    assertThat(copy.resolve("vae")).isDirectory();
    assertThat(Files.isSymbolicLink(copy.resolve("vae"))).isFalse();
    assertThat(copy.resolve("vae/config.json")).hasContent("shared");
    assertThat(Files.isSymbolicLink(copy.resolve("config.json"))).isFalse();
    assertThat(copy.resolve("config.json")).hasContent("{}");
  }

  @Test
  void snapshotsOfTheCacheBecomeFiles() throws IOException {
    Path cached = folder.resolve("hub/models--some--model");
    write(cached.resolve("blobs").resolve("0a".repeat(32)), "weights");
    model = Files.createDirectories(cached.resolve("snapshots").resolve("1b".repeat(20)));
    Files.createSymbolicLink(Files.createDirectory(model.resolve("unet")).resolve("w.safetensors"),
        Path.of("../../../blobs").resolve("0a".repeat(32)));
    copy();
    assertThat(copy.resolve("unet/w.safetensors")).isRegularFile().hasContent("weights");
    assertThat(Files.isSymbolicLink(copy.resolve("unet/w.safetensors"))).isFalse();
  }

  @Test
  void theModelItselfMayBeALink() throws IOException {
    model = Files.createSymbolicLink(folder.resolve("link"), model);
    copy();
    assertThat(copy.resolve("unet/config.json")).hasContent("{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../other/vae", "../../models/other/vae", "ABSOLUTE/models/other/vae"})
  void aSharedFolderOutsideIsRefusedByName(String target) throws IOException {
    String given = target.replace("ABSOLUTE", folder.toString());
    Files.createSymbolicLink(model.resolve("vae"), Path.of(given));
    refused(model.resolve("vae").toString(), given, "leads out of the model's folder", "copy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../secret.txt", "ABSOLUTE/secret.txt", "unet/../../../secret.txt", "hop"})
  void aPrivateFileIsNotCopied(String target) throws IOException {
    Files.createSymbolicLink(model.resolve("hop"), Path.of("../../secret.txt"));
    Files.createSymbolicLink(model.resolve("a.txt"), Path.of(target.replace("ABSOLUTE", folder.toString())));
    refused(model.resolve("a.txt").toString(), "leads out of the model's folder");
    assertThat(copy).isEmptyDirectory();
  }

  @Test
  void aFileThatIsLeftOutIsLookedAtAllTheSame() throws IOException {
    Path link = Files.createSymbolicLink(model.resolve("a.txt"), Path.of("../../secret.txt"));
    assertThatThrownBy(() -> FolderCopy.copy(model, copy, link::equals)).isInstanceOf(UserException.class);
  }

  @Test
  void whatOnlyLooksLikeABlobIsNotCopied() throws IOException {
    write(folder.resolve("models--x/blobs/passwords"), "secret");
    Files.createSymbolicLink(model.resolve("a.txt"), folder.resolve("models--x/blobs/passwords"));
    refused("leads out of the model's folder");
  }

  @Test
  void circlesAreRefused() throws IOException {
    Files.createSymbolicLink(model.resolve("unet/again"), Path.of(".."));
    refused(model.resolve("unet/again").toString(), "leads back");
    Files.delete(model.resolve("unet/again"));
    Files.createSymbolicLink(model.resolve("unet/self"), Path.of("self"));
    refused(model.resolve("unet/self").toString(), "leads nowhere");
  }

  @Test
  void linksToNothingAreRefused() throws IOException {
    Files.createSymbolicLink(model.resolve("vae"), Path.of("none"));
    refused(model.resolve("vae").toString(), "none", "leads nowhere");
  }

  @Test
  void pipesAreRefused() throws IOException, InterruptedException {
    Path pipe = model.resolve("pipe");
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    refused(pipe.toString(), "neither a file nor a folder");
  }

  @Test
  void linksThatMultiplyFilesEndAtABound() throws IOException {
    for (int level = 0; level < 18; level++) {
      Path at = Files.createDirectory(model.resolve("level-" + level));
      write(at.resolve("file"), "");
      if (level > 0) {
        Files.createSymbolicLink(at.resolve("left"), Path.of("../level-" + (level - 1)));
        Files.createSymbolicLink(at.resolve("right"), Path.of("../level-" + (level - 1)));
      }
    }
    refused("more than 20000 files");
  }
}
