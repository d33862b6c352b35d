package dev.kasane.diffusion.demo.base;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.ModuleSource;
import dev.kasane.core.files.FileFaults;
import dev.kasane.core.files.PendingFolder;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.checkpoint.BasePart;
import dev.kasane.diffusion.checkpoint.DiffusersFolder;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.clip.tokenizer.ClipVocabulary;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.vae.AutoencoderKL;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A trained demo base, ready to be written.
 *
 * @param unet the U-Net
 * @param vae the autoencoder
 * @param textEncoder the text encoder
 * @param vocabulary the tokeniser's vocabulary
 * @param config the configurations of all
 */
public record DemoBase(
    UNet2DConditionModel unet,
    AutoencoderKL vae,
    ClipTextModel textEncoder,
    ClipVocabulary vocabulary,
    DemoBaseConfig config) {

  /**
   * Writes the base as a folder in diffusers' layout, float16.
   *
   * @param folder what to make; it must not exist, or be empty
   * @throws UserException when it cannot be written
   */
  public void write(Path folder) {
    try (PendingFolder tokenizer = PendingFolder.beside(folder)) {
      vocabulary.write(tokenizer.path());
      DiffusersFolder.write(folder, new DiffusersFolder.Contents(Map.of(
          BasePart.UNET, part(unet, "unet"),
          BasePart.VAE, part(vae, "vae"),
          BasePart.TEXT_ENCODER, part(textEncoder, "text_encoder")), tokenizer.path(), config.schedulerJson()),
          ElementType.FLOAT16);
    } catch (IOException e) {
      throw new UserException("The demo base cannot be written to " + folder + ": " + FileFaults.reason(e)
          + ". Choose another folder with «output».", e);
    }
  }

  private DiffusersFolder.Part part(Module module, String component) {
    JsonNode json = component.equals("text_encoder")
        ? config.textEncoderJson(vocabulary.size()) : config.json().path(component);
    return new DiffusersFolder.Part(new ModuleSource(module, "the demo base's " + component), json);
  }
}
