package dev.kasane.diffusion.demo.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.Json;
import dev.kasane.diffusion.clip.ClipConfig;
import dev.kasane.diffusion.scheduler.PredictionType;
import dev.kasane.diffusion.scheduler.SchedulerConfig;
import dev.kasane.diffusion.unet.UNetConfig;
import dev.kasane.diffusion.vae.VaeConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The demo base's architecture: Stable Diffusion 1.x in every respect but its size.
 *
 * @param json the four configuration files by component
 */
public record DemoBaseConfig(JsonNode json) {
  /** Side of the pictures that the base is trained for. */
  public static final int PICTURE_SIZE = 128;

  /** Merges of the tokeniser's small vocabulary. */
  public static final int MERGES = 400;

  /** Reads the configuration that is part of the program. */
  public static DemoBaseConfig load() {
    try (InputStream in = DemoBaseConfig.class.getResourceAsStream("demo-base.json")) {
      return new DemoBaseConfig(Json.MAPPER.readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException("demo-base.json cannot be read", e);
    }
  }

  /** The U-Net's shape. */
  public UNetConfig unet() {
    return UNetConfig.of(json.path("unet"), "demo-base.json (unet)");
  }

  /** The autoencoder's shape. */
  public VaeConfig vae() {
    return VaeConfig.of(json.path("vae"), "demo-base.json (vae)");
  }

  /**
   * The text encoder's shape.
   *
   * @param vocabularySize entries of the vocabulary that was made
   */
  public ClipConfig textEncoder(int vocabularySize) {
    return ClipConfig.of(textEncoderJson(vocabularySize), "demo-base.json (text_encoder)");
  }

  /** The text encoder's configuration with the size of the vocabulary that was made. */
  JsonNode textEncoderJson(int vocabularySize) {
    ObjectNode sized = json.path("text_encoder").deepCopy();
    return sized.put("vocab_size", vocabularySize);
  }

  /** The noise schedule's configuration. */
  JsonNode schedulerJson() {
    return json.path("scheduler");
  }

  /** This configuration with the factor that gives latents a variance of one. */
  public DemoBaseConfig withScaling(double factor) {
    ObjectNode copy = json.deepCopy();
    ((ObjectNode) copy.path("vae")).put("scaling_factor", factor);
    return new DemoBaseConfig(copy);
  }

  /** The noise schedule, that of Stable Diffusion 1.x. */
  public SchedulerConfig scheduler() {
    return SchedulerConfig.stableDiffusion(PredictionType.EPSILON);
  }
}
