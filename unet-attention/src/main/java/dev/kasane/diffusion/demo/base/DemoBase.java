package dev.kasane.diffusion.demo.base;

import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.clip.tokenizer.ClipVocabulary;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.vae.AutoencoderKL;

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
    DemoBaseConfig config) {}
