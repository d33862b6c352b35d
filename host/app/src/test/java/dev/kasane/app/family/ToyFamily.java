package dev.kasane.app.family;

import dev.kasane.core.JsonFiles;
import dev.kasane.core.algebra.CheckpointLayers;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.family.Activations;
import dev.kasane.core.family.AdapterSigns;
import dev.kasane.core.family.BaseKind;
import dev.kasane.core.family.BaseModel;
import dev.kasane.core.family.BaseParts;
import dev.kasane.core.family.ModelFamily;
import dev.kasane.core.family.PlannedModel;
import dev.kasane.core.family.PlannedRun;
import dev.kasane.core.family.Recognition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Toys: a {@code config.json} that says {@code "model_type": "toy"}. */
public final class ToyFamily implements ModelFamily {
  @Override
  public String id() {
    return "toy";
  }

  @Override
  public String title() {
    return "toys";
  }

  @Override
  public List<BaseKind> kinds() {
    return List.of(ToyModel.KIND);
  }

  @Override
  public Optional<BaseKind> kindOf(AdapterSigns adapter) {
    return adapter.tensors().keySet().stream().anyMatch(name -> name.contains("toy_layer"))
        ? Optional.of(ToyModel.KIND) : Optional.empty();
  }

  @Override
  public Recognition recognise(Path model) {
    Path file = Files.isDirectory(model) ? model.resolve("config.json") : model;
    boolean toy = file.toString().endsWith("config.json") && Files.isRegularFile(file)
        && JsonFiles.read(file).path("model_type").asText().equals("toy");
    return toy ? Recognition.YES : Recognition.NO;
  }

  @Override
  public BaseParts declare(Path model, UnaryOperator<TensorSource> view) {
    return new BaseParts(ToyModel.KIND, ToyModel.KIND.components());
  }

  @Override
  public Optional<CheckpointLayers> layers(Path model) {
    return Optional.empty();
  }

  @Override
  public PlannedModel plan(Path config, PlannedRun run) {
    return new PlannedModel("toy", new BaseModel.Quantisable("toy", new ToyModel.Tree(), layer -> true), path -> "",
        "toy_", 0, "", (adapted, type) -> new Activations(64, 32));
  }
}
