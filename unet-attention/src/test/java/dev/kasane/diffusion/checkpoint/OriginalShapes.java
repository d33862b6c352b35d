package dev.kasane.diffusion.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorBytes;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A full-size checkpoint in original names of which only names and shapes exist. */
final class OriginalShapes implements TensorSource {
  private final Map<String, List<Long>> shapes;

  private OriginalShapes(Map<String, List<Long>> shapes) {
    this.shapes = shapes;
  }

  /**
   * @param model {@code sd15} or {@code sd21}
   */
  static OriginalShapes of(String model) throws IOException {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    NameTable unet = UNetNames.of(
        new UNetLayout(2, List.of(true, true, true, false), List.of(false, true, true, true)));
    GoldenBases.stateDict(model + "-unet").forEach((name, shape) ->
        shapes.put("model.diffusion_model." + unet.original(name).orElseThrow(), shape));
    NameTable vae = VaeNames.table(4, 2);
    GoldenBases.stateDict(model + "-vae").forEach((name, shape) ->
        shapes.put("first_stage_model." + vae.original(name).orElseThrow(), shape));
    boolean clip = model.equals("sd15");
    GoldenBases.stateDict(model + "-text_encoder").forEach((name, shape) -> {
      if (clip) {
        shapes.put("cond_stage_model.transformer." + name, shape);
      } else {
        OpenClipNames.table(23).original(name).ifPresent(original ->
            shapes.put("cond_stage_model.model." + original, shape));
      }
    });
    if (!clip) {
      shapes.put("cond_stage_model.model.transformer.resblocks.23.ln_1.weight", List.of(1024L));
    }
    return new OriginalShapes(shapes);
  }

  /** Copies a safetensors file with other names. */
  static Path rewrite(Path from, Path to, UnaryOperator<String> rename) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(from)) {
      List<TensorDeclaration> tensors = file.tensors().values().stream()
          .map(entry -> new TensorDeclaration(rename.apply(entry.name()), entry.dtype(), entry.shape(),
              TensorBytes.ofBuffer(() -> file.map(entry.name())))).toList();
      SafetensorsWriter.write(to, tensors, file.metadata());
      return to;
    }
  }

  @Override
  public Set<String> names() {
    return shapes.keySet();
  }

  @Override
  public Shape shape(String name) {
    return new Shape(shapes.get(name).stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public DType dtype(String name) {
    return DType.F32;
  }

  @Override
  public NDArray read(String name, NDManager owner) {
    throw new UnsupportedOperationException("No values here");
  }

  @Override
  public String origin(String name) {
    return "a list of names";
  }

  @Override
  public String location() {
    return "a list of names";
  }

  @Override
  public void close() {}
}
