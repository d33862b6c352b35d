package dev.kasane.app.params;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.app.base.ModelFamilies;
import dev.kasane.core.UserException;
import dev.kasane.core.family.PlannedModel;
import dev.kasane.core.family.PlannedRun;
import dev.kasane.core.injection.AdapterSizes;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.tensor.Engines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What an adapter on a model would be.
 *
 * @param family the model's family
 * @param modelParameters numbers of the base
 * @param layers layers with an adapter
 * @param trainableParameters numbers that are trained
 * @param adapterBytes size of the adapter file in float32, as PEFT lays it out for a language model; for other
 *     names it differs by their length
 * @param forecast the memory of training it
 * @param gpus ways to train it on a GPU
 */
public record ParameterPlan(String family, long modelParameters, int layers, long trainableParameters,
    long adapterBytes, MemoryForecast forecast, List<GpuFit> gpus) {
  private static final int FLOAT_BYTES = 4;
  private static final int LENGTH_FIELD = 8;

  /**
   * The run that is planned.
   *
   * @param config a {@code config.json} or a folder with one
   * @param setup how it is trained
   * @param planned what else the forecast depends on
   */
  public record Run(Path config, TrainingSetup setup, PlannedRun planned) {}

  /**
   * Plans an adapter.
   *
   * @throws dev.kasane.core.UserException when the configuration is not usable, a target matches nothing or an
   *     option is out of range
   */
  public static ParameterPlan of(Run run, TargetSelector targets, MethodChoice choice) {
    PlannedModel model = model(run);
    try (NDManager scope = Engines.newManager()) {
      Map<String, Map<String, Shape>> sizes = AdapterSizes.of(model.root(), targets, choice, scope);
      long trained = sizes.values().stream().flatMap(layer -> layer.values().stream()).mapToLong(Shape::size).sum();
      return new ParameterPlan(model.family(), model.parameters(), sizes.size(), trained,
          fileBytes(model.filePrefix(), sizes),
          MemoryForecast.of(model, sizes, run.setup()), GpuFit.of(model, sizes, run.setup()));
    }
  }

  private static PlannedModel model(Run run) {
    Path file = Files.isDirectory(run.config()) ? inFolder(run.config()) : run.config();
    PlannedModel model = ModelFamilies.of(file).plan(file, run.planned());
    model.root().namedWeights().values().forEach(weight -> weight.set(new ZeroWeight(weight.shape())));
    return model;
  }

  private static Path inFolder(Path folder) {
    return List.of("config.json", "unet/config.json").stream().map(folder::resolve).filter(Files::isRegularFile)
        .findFirst().orElseThrow(() -> new UserException(folder + " has no config.json."));
  }

  /** A safetensors file: the length of its header, the header, filled up to eight bytes, the numbers. */
  private static long fileBytes(String prefix, Map<String, Map<String, Shape>> layers) {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    long[] offset = {0};
    layers.forEach((path, tensors) -> tensors.forEach((name, shape) -> {
      long end = offset[0] + shape.size() * FLOAT_BYTES;
      header.append(",\"").append(prefix).append(path).append('.').append(stored(name))
          .append("\":{\"dtype\":\"F32\",\"shape\":").append(Arrays.toString(shape.getShape()).replace(" ", ""))
          .append(",\"data_offsets\":[").append(offset[0]).append(',').append(end).append("]}");
      offset[0] = end;
    }));
    long bytes = header.append('}').toString().getBytes(StandardCharsets.UTF_8).length;
    return LENGTH_FIELD + (bytes + LENGTH_FIELD - 1) / LENGTH_FIELD * LENGTH_FIELD + offset[0];
  }

  /** PEFT's names for the factors of LoRA. */
  private static String stored(String name) {
    return name.replace("lora_down", "lora_A").replace("lora_up", "lora_B");
  }
}
