package dev.kasane.plugin.kohya;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.UserException;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsException;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import dev.kasane.core.tensor.StoredTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pf4j.Extension;

/** Files of kohya's scripts, LyCORIS and AUTOMATIC1111: safetensors with flattened layer names. */
@Extension
public final class KohyaFormat implements AdapterFormat {
  /** Everything above half of the last step over 65504 becomes infinite in float16. */
  private static final double FLOAT16_LIMIT = 65520;

  @Override
  public String id() {
    return "kohya";
  }

  @Override
  public String description() {
    return "Safetensors as kohya's scripts, LyCORIS, AUTOMATIC1111 and ComfyUI use them.";
  }

  @Override
  public boolean recognises(Set<String> keys) {
    return keys.stream().anyMatch(key ->
        key.indexOf('.') > 0 && Prefixes.ALL.stream().anyMatch(key::startsWith));
  }

  @Override
  public AdapterModel read(Path file, Map<String, Collection<String>> layers, NDManager scope)
      throws IOException {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      return new KohyaReader(opened, new KeyTable(layers), scope).read();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The metadata are the model's, completed: {@code ss_base_model_version}, {@code ss_output_name},
   * {@code modelspec.*} and the like are taken as given; hashes are always computed.
   *
   * @throws UserException for a component that such files cannot hold, an unknown storage, or values that
   *     the storage cannot hold
   */
  @Override
  public void write(AdapterModel model, Path file, String storage) throws IOException {
    DataType type = typeOf(storage);
    List<TensorDeclaration> tensors = new ArrayList<>();
    try (GradMode off = GradMode.off()) {
      Set<String> components = model.components().keySet();
      model.components().forEach((component, modules) -> modules.forEach(module ->
          declare(Prefixes.write(component, module.path(), components), module, type, tensors)));
      requireFolder(file);
      Map<String, String> metadata = KohyaMetadata.of(model, nameOf(file));
      FileHashes hashes = FileHashes.of(file, tensors, KohyaMetadata.trainingOnly(metadata));
      metadata.put("sshs_model_hash", hashes.model());
      metadata.put("sshs_legacy_hash", hashes.legacy());
      metadata.computeIfPresent("modelspec.hash_sha256", (key, old) -> "0x" + hashes.model());
      SafetensorsWriter.write(file, tensors, metadata);
    }
  }

  private static DataType typeOf(String storage) {
    return switch (storage) {
      case "float32" -> DataType.FLOAT32;
      case "float16" -> DataType.FLOAT16;
      case "bfloat16" -> DataType.BFLOAT16;
      default -> throw new UserException("An adapter is not stored as '" + storage
          + "'; choose float16, bfloat16 or float32.");
    };
  }

  private static void declare(
      String name, AdapterModule module, DataType type, List<TensorDeclaration> tensors) {
    module.tensors().forEach((parameter, tensor) -> {
      requireRange(module.path() + "." + parameter, tensor, type);
      tensors.add(Ops.typeOf(tensor).isFloating()
          ? StoredTensors.declare(name + "." + parameter, tensor, type)
          : StoredTensors.declare(name + "." + parameter, tensor));
    });
    module.constants().forEach((parameter, value) -> tensors.add(TensorDeclaration.ofFloats(
        name + "." + parameter, DType.F32, new long[0], new float[] {value.floatValue()})));
  }

  /** A run that went wrong must not leave a file that looks sound. */
  private static void requireRange(String name, NDArray tensor, DataType type) {
    if (!Ops.typeOf(tensor).isFloating() || tensor.size() == 0) {
      return;
    }
    double largest;
    try (NDManager own = tensor.getManager().newSubManager()) {
      NDArray values = tensor.stopGradient();
      values.attach(own);
      largest = Ops.cast(values, DataType.FLOAT32).abs().max().toFloatArray()[0];
    }
    if (!Double.isFinite(largest)) {
      throw new UserException(name + " holds a value that is no finite number; the training diverged. "
          + "Use a checkpoint from before, and a lower learning rate.");
    } else if (type == DataType.FLOAT16 && largest >= FLOAT16_LIMIT) {
      throw new UserException(name + " holds " + largest + ", more than float16 can (65504). "
          + "Save as bfloat16 or float32.");
    }
  }

  private static void requireFolder(Path file) throws SafetensorsException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new SafetensorsException(file, "cannot be written: there is no folder " + folder
          + "; create it first");
    }
  }

  private static String nameOf(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
