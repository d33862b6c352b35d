package dev.kasane.app.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import java.util.List;
import java.util.Optional;

/** A method that takes for its own what another one saves. */
record Twin(AdapterMethod other) implements AdapterMethod {
  @Override
  public String id() {
    return "twin";
  }

  @Override
  public String description() {
    return "Claims another method's modules.";
  }

  @Override
  public List<AdapterOption> options() {
    return other.options();
  }

  @Override
  public PreparedMethod prepare(AdapterOptions options) {
    return other.prepare(options);
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return other.restore(layer, saved, scope);
  }
}
