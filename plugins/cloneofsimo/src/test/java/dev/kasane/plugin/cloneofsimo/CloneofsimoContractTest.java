package dev.kasane.plugin.cloneofsimo;

import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.testkit.AdapterReadingContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

class CloneofsimoContractTest extends AdapterReadingContract {
  @Override
  protected AdapterFormat format() {
    return new CloneofsimoFormat();
  }

  @Override
  protected Path example(Path where) throws IOException {
    return Files.copy(Path.of("src/test/resources/golden/list.text_encoder.pt"), where.resolve("list.pt"));
  }

  @Override
  protected Map<String, Collection<String>> layers() {
    return Map.of("text_encoder", List.of("q_proj", "k_proj", "v_proj", "out_proj").stream()
        .map(name -> "text_model.encoder.layers.0.self_attn." + name).toList());
  }
}
