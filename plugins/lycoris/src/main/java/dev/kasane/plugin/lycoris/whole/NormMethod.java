package dev.kasane.plugin.lycoris.whole;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.TargetLayer;
import java.util.Optional;
import org.pf4j.Extension;

/** Norm: the difference of a normalisation's scale and shift, as files have them that trained norms too. */
@Extension
public final class NormMethod extends DifferenceMethod {
  public NormMethod() {
    super("norm", "Scales and shifts of normalisations, kept as their difference from the base; loaded from files.",
        "w_norm", "b_norm");
  }

  @Override
  public boolean supports(TargetLayer layer) {
    return layer.kind() == TargetLayer.Kind.NORM;
  }

  @Override
  public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
    return supports(layer) ? super.restore(layer, saved, scope) : Optional.empty();
  }
}
