package dev.kasane.diffusion.base;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.JsonFiles;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.family.AdapterSigns;
import dev.kasane.core.family.BaseKind;
import dev.kasane.core.family.BaseParts;
import dev.kasane.core.family.ModelFamily;
import dev.kasane.core.family.PlannedModel;
import dev.kasane.core.family.PlannedRun;
import dev.kasane.core.family.Recognition;
import dev.kasane.core.module.DeclaredWeight;
import dev.kasane.core.module.Module;
import dev.kasane.diffusion.checkpoint.BaseCheckpoint;
import dev.kasane.diffusion.checkpoint.BaseLayers;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.checkpoint.BasePart;
import dev.kasane.diffusion.checkpoint.KnownBase;
import dev.kasane.diffusion.clip.ClipConfig;
import dev.kasane.diffusion.clip.ClipTextModel;
import dev.kasane.diffusion.pipeline.ImageModel;
import dev.kasane.diffusion.unet.UNet2DConditionModel;
import dev.kasane.diffusion.unet.UNetConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Stable Diffusion. */
public final class ImageFamily implements ModelFamily {
  private static final String UNET = "UNet2DConditionModel";

  @Override
  public String id() {
    return "image";
  }

  @Override
  public String title() {
    return "Stable Diffusion (" + UNET + ")";
  }

  @Override
  public List<BaseKind> kinds() {
    return List.of(KnownBase.values());
  }

  @Override
  public Optional<BaseKind> kindOf(AdapterSigns adapter) {
    return new BaseSigns(adapter).kind().map(BaseKind.class::cast);
  }

  /** {@inheritDoc} What says nothing of itself is looked at as a checkpoint, which is told what it lacks. */
  @Override
  public Recognition recognise(Path model) {
    if (isConfig(model)) {
      return JsonFiles.read(model).path("_class_name").asText().equals(UNET) ? Recognition.YES : Recognition.NO;
    }
    return Recognition.LIKELY;
  }

  private static boolean isConfig(Path model) {
    return model.toString().endsWith(".json") && !Files.isDirectory(model);
  }

  @Override
  public BaseParts declare(Path model, UnaryOperator<TensorSource> view) {
    if (isConfig(model)) {
      UNetConfig config = UNetConfig.of(JsonFiles.read(model), model.toString());
      return declared(config, Map.of(ImageModel.UNET, new UNet2DConditionModel(config)));
    }
    try (BaseCheckpoint checkpoint = BaseCheckpoint.open(model, BaseOptions.none(), view)) {
      UNetConfig config =
          UNetConfig.of(checkpoint.config(BasePart.UNET), checkpoint.configOrigin(BasePart.UNET));
      Map<String, Module> parts = new LinkedHashMap<>();
      parts.put(ImageModel.UNET, new UNet2DConditionModel(config));
      parts.put(ImageModel.TEXT_ENCODER, new ClipTextModel(ClipConfig.of(
          checkpoint.config(BasePart.TEXT_ENCODER), checkpoint.configOrigin(BasePart.TEXT_ENCODER))));
      return declared(config, parts);
    }
  }

  private static BaseParts declared(UNetConfig config, Map<String, Module> parts) {
    parts.values().forEach(DeclaredWeight::declare);
    return new BaseParts(KnownBase.kind(config.crossAttentionWidth()), parts);
  }

  @Override
  public Optional<CheckpointLayers> layers(Path model) {
    return BaseLayers.open(model);
  }

  @Override
  public Optional<String> mainPart(Set<String> names) {
    return Optional.of(BasePart.UNET.originalPrefix())
        .filter(prefix -> names.stream().anyMatch(name -> name.startsWith(prefix)));
  }

  @Override
  public PlannedModel plan(Path config, PlannedRun run) {
    JsonNode json = JsonFiles.read(config);
    return PictureActivations.plan(UNetConfig.of(json, config.toString()), run.resolution());
  }
}
