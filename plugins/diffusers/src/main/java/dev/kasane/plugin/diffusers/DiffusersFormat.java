package dev.kasane.plugin.diffusers;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.checkpoint.KeyRepair;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/** Files that diffusers' {@code load_lora_weights} takes, apart from kohya's. */
@Extension
public final class DiffusersFormat implements AdapterFormat {
  @Override
  public String id() {
    return "diffusers";
  }

  @Override
  public String description() {
    return "Safetensors or pickles as diffusers writes and wrote them, attention processors to PEFT's names.";
  }

  @Override
  public Optional<AdapterKey> parse(String key) {
    return DiffusersKey.describe(key);
  }

  @Override
  public boolean namesDiffusionLayers() {
    return true;
  }

  @Override
  public List<String> weightNames() {
    return List.of("pytorch_lora_weights.safetensors", "pytorch_lora_weights.bin");
  }

  @Override
  public Set<String> metadataOfTensors() {
    return Set.of(PeftMetadata.KEY);
  }

  @Override
  public AdapterModel read(Path file, Map<String, Collection<String>> layers, NDManager scope) {
    try (AdapterFile opened = AdapterFile.open(file)) {
      return new DiffusersReader(opened, new PipelineLayers(layers), scope).read();
    }
  }

  @Override
  public Optional<Map<String, String>> repair(Set<String> keys, Map<String, Collection<String>> layers) {
    PipelineLayers table = new PipelineLayers(layers);
    MangledKeys diagnosis = new MangledKeys(table);
    return KeyRepair.renames(keys, key ->
        DiffusersKey.parse(key).flatMap(each -> table.find(each.component(), each.path())).isPresent()
            ? Optional.of(key) : diagnosis.repaired(key));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Keys have PEFT's names. Alphas go into the metadata {@code lora_adapter_metadata}, as diffusers since
   * 0.34 reads them, so that tensors stay as they are, bit for bit. A file without any alpha is written
   * without these metadata and means the same in every version.
   *
   * @throws dev.kasane.core.UserException for parameters that such files cannot hold (only LoRA, with DoRA's
   *     magnitudes for all layers of a part or for none), parts that are no pipeline's, an unknown storage or
   *     values that the storage cannot hold
   */
  @Override
  public void write(AdapterModel model, Path file, ElementType storage) {
    new DiffusersWriter(model, storage).write(file);
  }
}
