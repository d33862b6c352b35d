package dev.kasane.diffusion.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no base model, or an incomplete one, is called by its name. */
class BaseCheckpointRefusalTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @CsvSource({
      "unet/config.json, unet/config.json",
      "vae/diffusion_pytorch_model.safetensors, vae/diffusion_pytorch_model.safetensors or",
      "text_encoder/model.safetensors, pytorch_model.bin",
      "scheduler/scheduler_config.json, scheduler/scheduler_config.json",
      "model_index.json, no model_index.json"})
  void namesWhatAFolderLacks(String removed, String message) throws IOException {
    Path base = GoldenBases.copy(GoldenBases.path("sd1-tiny"), folder.resolve("base"));
    Files.delete(base.resolve(removed));
    assertThatUserException(base, base.toString());
    assertThatUserException(base, message);
    assertThatUserException(base, "A base folder holds");
  }

  @Test
  void refusesPipelinesOfAnotherKind() throws IOException {
    Path base = GoldenBases.copy(GoldenBases.path("sd1-tiny"), folder.resolve("base"));
    Files.writeString(base.resolve("model_index.json"), "{\"_class_name\": \"StableDiffusionXLPipeline\"}");
    assertThatUserException(base, "StableDiffusionXLPipeline");
  }

  @Test
  void refusesFilesOfAnotherKind() throws IOException {
    assertThatUserException(GoldenBases.path("sd1-tiny/unet/diffusion_pytorch_model.safetensors"),
        "It looks like a U-Net");
    assertThatUserException(GoldenBases.path("lora/unet-attn.safetensors"), "an adapter");
    Path original = GoldenBases.path("sd1-tiny-original.safetensors");
    Path xl = OriginalShapes.rewrite(original, folder.resolve("xl.safetensors"),
        name -> name.replace("cond_stage_model.", "conditioner.embedders.0."));
    assertThatUserException(xl, "Stable Diffusion XL");
    Path bare = OriginalShapes.rewrite(original, folder.resolve("bare.safetensors"),
        name -> name.replace("first_stage_model.", "elsewhere."));
    assertThatUserException(bare, "holds no vae");
  }

  @Test
  void refusesTruncatedFilesAndEmptyPlaces() throws IOException {
    byte[] whole = Files.readAllBytes(GoldenBases.path("sd1-tiny-original.safetensors"));
    byte[] most = Arrays.copyOf(whole, whole.length - 9);
    Path cut = Files.write(folder.resolve("cut.safetensors"), most);
    assertThatUserException(cut, "cut.safetensors");
    Path text = Files.writeString(folder.resolve("page.ckpt"), "<!doctype html><title>404</title>");
    assertThatUserException(text, "web page");
    assertThatUserException(folder.resolve("nowhere"), "There is no base model");
  }

  @Test
  void refusesModelsThatReadMoreThanLatents() throws IOException {
    Path base = GoldenBases.copy(GoldenBases.path("sd1-tiny"), folder.resolve("base"));
    Path config = base.resolve("unet/config.json");
    Files.writeString(config, Files.readString(config).replace("\"in_channels\": 4", "\"in_channels\": 9"));
    assertThatUserException(base, "its U-Net reads 9 channels");
  }

  private static void assertThatUserException(Path path, String message) {
    assertThatThrownBy(() -> BaseCheckpoint.open(path).close())
        .isInstanceOf(UserException.class).hasMessageContaining(message);
  }
}
