package dev.kasane.plugin.cloneofsimo;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.checkpoint.AdapterFile;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.tensor.ElementType;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.pf4j.Extension;

/** Files of cloneofsimo's scripts: layers by number, safetensors or a pickled list. Read only. */
@Extension
public final class CloneofsimoFormat implements AdapterFormat {
  @Override
  public String id() {
    return "cloneofsimo";
  }

  @Override
  public String description() {
    return "Files of the first LoRA scripts, which number the layers; read, not written.";
  }

  @Override
  public Optional<AdapterKey> parse(String key) {
    return PositionalKey.parse(key).map(each -> AdapterKey.of(each.part() + ":" + each.index(), each.parameter()))
        .or(() -> WordVectors.parse(key).map(word -> word.signed(AdapterKey.Sign.NONE)));
  }

  @Override
  public AdapterModel read(Path file, Map<String, Collection<String>> layers, NDManager scope) {
    try (AdapterFile opened = AdapterFile.open(file)) {
      return new PositionalReader(opened, layers, scope).read();
    }
  }

  /**
   * Refuses: such files number all layers of a model and can leave none out.
   *
   * @throws UserException always
   */
  @Override
  public void write(AdapterModel model, Path file, ElementType storage) {
    throw new UserException("cloneofsimo files are read but not written: they number layers instead of naming"
        + " them and hold no alpha. Save as kohya or diffusers.");
  }
}
