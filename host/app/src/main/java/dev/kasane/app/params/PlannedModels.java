package dev.kasane.app.params;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Module;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import dev.kasane.text.family.Families;
import dev.kasane.text.model.CausalLm;
import dev.kasane.text.model.DecoderConfig;
import dev.kasane.text.model.DropoutRates;
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
   * @param run where it is and what is done with it
   * @throws UserException when it is missing, damaged, or describes a model that is not known
   */
  static PlannedModel read(ParameterPlan.Run run) {
    Path file = Files.isDirectory(run.config()) ? inFolder(run.config()) : run.config();
    JsonNode json = JsonFiles.read(file);
    if (json.path("_class_name").asText().equals(UNET)) {
      return picture(UNetConfig.of(json, file.toString()), run.resolution() / LATENT_SHRINKS);
    }
    if (json.has("_class_name")) {
      throw new UserException(file + " describes a " + json.get("_class_name").asText() + ". Name the config.json"
          + " of a U-Net (" + UNET + ") or of a language model (" + String.join(", ", Families.architectures())
          + ").");
    }
    String stored = json.path("dtype").asText(json.path("torch_dtype").asText());
    return text(Families.read(json, file.toString()), stored, run);
  }

  private static Path inFolder(Path folder) {
    return List.of("config.json", "unet/config.json").stream().map(folder::resolve).filter(Files::isRegularFile)
        .findFirst().orElseThrow(() -> new UserException(folder + " has no config.json."));
  }

  private static PlannedModel text(DecoderConfig config, String stored, ParameterPlan.Run run) {
    long table = config.tiedHead() ? 0 : (long) config.vocabularySize() * config.embeddingWidth();
    return new PlannedModel(config.family(), new CausalLm(config, ElementType.FLOAT32.dataType()),
        "base_model.model.", table, stored,
        TextActivations.rule(config, run.dropouts() ? config.dropouts() : DropoutRates.NONE, run.length()));
  }

  private static PlannedModel picture(UNetConfig config, int side) {
    int coarsest = config.blockOutChannels().size() - 1;
    Module root = new UNet2DConditionModel(config);
    PictureActivations rule = new PictureActivations(root, path -> positions(path, side, coarsest),
        PlannedModels::pictureBlock, (long) config.outChannels() * side * side);
    return new PlannedModel("unet", root, "lora_unet_", 0, "", (adapted, type) -> rule.of(type));
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
