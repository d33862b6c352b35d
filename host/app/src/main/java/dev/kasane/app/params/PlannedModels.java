package dev.kasane.app.params;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.Precision;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import dev.kasane.text.family.Families;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.DecoderConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Builds models out of configurations, without weights. */
public final class PlannedModels {
  private static final String UNET = "UNet2DConditionModel";
  private static final int CONTEXT_TOKENS = 77;
  private static final int LATENT_SHRINKS = 8;
  private static final Pattern UNET_BLOCK = Pattern.compile("(down|up|mid)_blocks?(?:\\.(\\d+))?\\..*");
  private static final Pattern UNET_LAYER =
      Pattern.compile("((?:down|up|mid)_blocks?(?:\\.\\d+)?)\\.(?:resnets|attentions)\\.(\\d+)\\..*");

  private PlannedModels() {}

  /**
   * The model that a configuration describes.
   *
   * @param place a {@code config.json}, or a folder that has one
   * @param length tokens of a text
   * @param resolution pixels of a picture's side
   * @throws UserException when it is missing, damaged, or describes a model that is not known
   */
  static PlannedModel read(Path place, int length, int resolution) {
    Path file = Files.isDirectory(place) ? inFolder(place) : place;
    JsonNode json = JsonFiles.read(file);
    if (json.path("_class_name").asText().equals(UNET)) {
      return picture(UNetConfig.of(json, file.toString()), resolution / LATENT_SHRINKS);
    }
    if (json.has("_class_name")) {
      throw new UserException(file + " describes a " + json.get("_class_name").asText() + ". Name the config.json"
          + " of a U-Net (" + UNET + ") or of a language model (" + String.join(", ", Families.architectures())
          + ").");
    }
    return text(Families.read(json, file.toString()), length);
  }

  private static Path inFolder(Path folder) {
    return List.of("config.json", "unet/config.json").stream().map(folder::resolve).filter(Files::isRegularFile)
        .findFirst().orElseThrow(() -> new UserException(folder + " has no config.json."));
  }

  private static PlannedModel text(DecoderConfig config, int length) {
    String layers = config.names().layers() + ".";
    return new PlannedModel(config.family(), new CausalLm(config, Precision.FLOAT32.dataType()),
        "base_model.model.", path -> path.equals(config.names().head()) ? 0 : length,
        path -> path.startsWith(layers) ? path.substring(0, path.indexOf('.', layers.length())) : "",
        (long) length * config.vocabularySize());
  }

  private static PlannedModel picture(UNetConfig config, int side) {
    int coarsest = config.blockOutChannels().size() - 1;
    return new PlannedModel("unet", new UNet2DConditionModel(config), "lora_unet_",
        path -> positions(path, side, coarsest), PlannedModels::pictureBlock,
        (long) config.outChannels() * side * side);
  }

  private static long positions(String path, int side, int coarsest) {
    if (path.contains("time_emb")) {
      return 1;
    }
    if (path.endsWith("attn2.to_k") || path.endsWith("attn2.to_v")) {
      return CONTEXT_TOKENS;
    }
    long here = Math.max(1, side >> level(path, coarsest));
    return here * here;
  }

  private static int level(String path, int coarsest) {
    Matcher block = UNET_BLOCK.matcher(path);
    if (!block.matches()) {
      return 0;
    }
    return switch (block.group(1)) {
      case "down" -> Integer.parseInt(block.group(2));
      case "up" -> coarsest - Integer.parseInt(block.group(2));
      default -> coarsest;
    };
  }

  private static String pictureBlock(String path) {
    Matcher layer = UNET_LAYER.matcher(path);
    return layer.matches() ? layer.group(1) + "." + layer.group(2) : "";
  }
}
