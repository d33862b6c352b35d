package dev.kasane.diffusion.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.files.ContentHash;
import dev.kasane.diffusion.scheduler.PredictionType;
import dev.kasane.diffusion.scheduler.SchedulerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A Stable Diffusion 1.x or 2.x base model on disk, in any of its layouts: a diffusers folder, or one file
 * in original names, safetensors or pickled.
 *
 * <p>Whatever the layout, it looks the same from here: a configuration and named tensors for each part,
 * under the names of diffusers and transformers. Opening reads no tensor values.
 */
public final class BaseCheckpoint implements AutoCloseable {
  private final Path path;
  private final BaseLayout layout;
  private final BaseOptions options;

  private BaseCheckpoint(Path path, BaseLayout layout, BaseOptions options) {
    this.path = path;
    this.layout = layout;
    this.options = options;
  }

  /**
   * Opens a base model.
   *
   * @throws UserException when something is missing or damaged, or it is a model of another kind; the
   *     message says what and what a base model has to hold
   */
  public static BaseCheckpoint open(Path path) {
    return open(path, BaseOptions.none());
  }

  /**
   * Opens a base model.
   *
   * @param path folder or file
   * @param options what the user says about it
   * @throws UserException as {@link #open(Path)}
   */
  public static BaseCheckpoint open(Path path, BaseOptions options) {
    return open(path, options, UnaryOperator.identity());
  }

  /**
   * Opens a base model through a view of its files.
   *
   * @param path folder or file
   * @param options what the user says about it
   * @param view makes of a file's tensors, under the file's names, those to read: one that understands quantised
   *     ones, say; it closes the file with itself
   * @throws UserException as {@link #open(Path)}
   */
  public static BaseCheckpoint open(Path path, BaseOptions options, UnaryOperator<TensorSource> view) {
    if (!Files.exists(path)) {
      throw new UserException("There is no base model " + path + ". Name a folder in diffusers' layout, or a"
          + " .safetensors or .ckpt file.");
    }
    BaseLayout layout = Files.isDirectory(path)
        ? DiffusersLayout.open(path, options.variant(), view)
        : OriginalLayout.open(path, options, view);
    BaseCheckpoint base = new BaseCheckpoint(path, layout, options);
    try {
      base.requirePlainLatents();
      return base;
    } catch (RuntimeException e) {
      base.close();
      throw e;
    }
  }

  /** Inpainting, depth and instruction models read more than the latents. */
  private void requirePlainLatents() {
    int reads = config(BasePart.UNET).path("in_channels").asInt(4);
    int latents = config(BasePart.VAE).path("latent_channels").asInt(4);
    if (reads != latents) {
      throw new UserException(path + " is no text-to-image base: its U-Net reads " + reads + " channels, its"
          + " latents have " + latents + ". Models for inpainting read 9, depth 5, instructions 8;"
          + " take the ordinary base model.");
    }
  }

  /** What was opened. */
  public Path path() {
    return path;
  }

  /** The generation: told by the width that the U-Net listens to, failing that by the text encoder. */
  public KnownBase kind() {
    return switch (config(BasePart.UNET).path("cross_attention_dim").asInt()) {
      case 768 -> KnownBase.SD1;
      case 1024 -> KnownBase.SD2;
      default -> config(BasePart.TEXT_ENCODER).path("hidden_act").asText("quick_gelu").equals("gelu")
          ? KnownBase.SD2 : KnownBase.SD1;
    };
  }

  /** The configuration of a part, as its {@code config.json} has it. */
  public JsonNode config(BasePart part) {
    return layout.config(part);
  }

  /** Where a part's configuration comes from, for messages. */
  public String configOrigin(BasePart part) {
    return layout.configOrigin(part);
  }

  /**
   * The tensors of a part under the names of diffusers and transformers. They belong to this checkpoint and
   * are closed with it; what was read stays valid.
   *
   * @throws UserException when a file cannot be opened
   */
  public TensorSource tensors(BasePart part) {
    return layout.tensors(part);
  }

  /**
   * The folder with the tokeniser's files.
   *
   * @throws UserException when the base has none and none was named
   */
  public Path tokenizerFolder() {
    Path folder = options.tokenizerFolder().or(layout::tokenizerFolder).orElseThrow(() -> new UserException(
        path + (Files.isDirectory(path) ? " has no folder 'tokenizer'."
            : " is a single file, which carries no tokeniser.")
            + " Name a folder with vocab.json and merges.txt: any base model of the same generation ("
            + kind().id() + ") in diffusers' layout has one under 'tokenizer'."));
    if (!Files.isDirectory(folder)) {
      throw new UserException("There is no tokeniser folder " + folder + ".");
    }
    return folder;
  }

  /** The settings of the noise schedule as JSON, what the user said about the prediction worked in. */
  public JsonNode schedulerConfig() {
    JsonNode json = layout.schedulerJson();
    options.predictionType().ifPresent(type ->
        ((ObjectNode) json).put("prediction_type", type.configName()));
    return json;
  }

  /** The settings of the noise schedule, what the user said about the prediction worked in. */
  public SchedulerConfig scheduler() {
    SchedulerConfig stored = layout.scheduler();
    return options.predictionType().map(stored::withPredictionType).orElse(stored);
  }

  /** What the U-Net predicts. */
  public PredictionType predictionType() {
    return scheduler().predictionType();
  }

  /** The files that hold the weights. */
  public List<Path> weightFiles() {
    return List.copyOf(layout.weightFiles());
  }

  /**
   * SHA-256 of the weights, 64 hexadecimal digits; it reads all of them. Of a single file it is the hash of
   * its bytes ({@code ss_new_sd_model_hash}). Of a folder it is that of the listing that {@code sha256sum}
   * prints for its weight files, sorted by path.
   */
  public String sha256() {
    return Files.isDirectory(path) ? BaseFingerprint.sha256(path, weightFiles()) : ContentHash.of(path);
  }

  /**
   * The 8-digit hash of early stable-diffusion-webui versions ({@code ss_sd_model_hash}); nothing for a
   * folder. It covers 64 KiB in the middle of the file only and tells few models apart.
   */
  public Optional<String> legacyHash() {
    return Files.isDirectory(path) ? Optional.empty() : Optional.of(BaseFingerprint.legacy(path));
  }

  /** Closes the files. */
  @Override
  public void close() {
    layout.close();
  }
}
