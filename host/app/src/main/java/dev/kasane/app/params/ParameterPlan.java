package dev.kasane.app.params;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.injection.AdapterSizes;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
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
 */
public record ParameterPlan(String family, long modelParameters, int layers, long trainableParameters,
    long adapterBytes, MemoryForecast forecast) {
  private static final int FLOAT_BYTES = 4;
  private static final int LENGTH_FIELD = 8;

  /**
   * The run that is planned.
   *
   * @param config a {@code config.json} or a folder with one
   * @param precision type of the base and the computation
   * @param batch examples of a step
   * @param length tokens of a text
   * @param resolution pixels of a picture's side
   * @param dropouts whether a language model's own dropouts are on
   */
  public record Run(Path config, ElementType precision, int batch, int length, int resolution, boolean dropouts) {}

  /**
   * Plans an adapter.
   *
   * @throws dev.kasane.core.UserException when the configuration is not usable, a target matches nothing or an
   *     option is out of range
   */
  public static ParameterPlan of(Run run, TargetSelector targets, MethodChoice choice) {
    PlannedModel model = PlannedModels.read(run);
    try (NDManager scope = Engines.newManager()) {
      Map<String, Map<String, Shape>> sizes = AdapterSizes.of(model.root(), targets, choice, scope);
      long trained = sizes.values().stream().flatMap(layer -> layer.values().stream()).mapToLong(Shape::size).sum();
      return new ParameterPlan(model.family(), model.parameters(), sizes.size(), trained,
          fileBytes(model.filePrefix(), sizes),
          MemoryForecast.of(model, sizes.keySet(), trained, run.precision(), run.batch()));
    }
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
